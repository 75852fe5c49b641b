/** What this test gave no answer to: nothing, or it fails (see setup.ts). */
export const unanswered: string[] = [];
