/** Errors that only a change of the API key mends. */
export const isKeyTrouble = (code: string) =>
  ['key_refused', 'key_forbidden', 'key_malformed', 'other_clinic', 'not_connected'].includes(code);
