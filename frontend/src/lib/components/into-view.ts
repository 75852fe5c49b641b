import type { Attachment } from 'svelte/attachments';

/** Scrolls what appears as the answer to something a person did into view, all of it. */
export const intoView: Attachment<HTMLElement> = (node) => {
  node.scrollIntoView({ block: 'nearest' });
};
