/** What the page asked in this test and nobody had given an answer to: nothing, see setup.ts. */
export const unanswered: string[] = [];
