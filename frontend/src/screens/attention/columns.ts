import type { AttentionSort } from '$lib/api';
import { Layout } from '$lib/components/grid/layout.svelte';

/** The columns of the list of profiles that need attention; all but the last can be sorted by. */
export const layout = new Layout<AttentionSort | 'actions'>('attention.columns', [
  { id: 'name', least: 9, share: 1.3, spare: 0 },
  { id: 'born', least: 6, width: 6.25, spare: 1 },
  { id: 'phone', least: 6.25, width: 7, spare: 2 },
  { id: 'reason', least: 10.25, share: 1.4, spare: 0 },
  { id: 'since', least: 5, width: 5.75, spare: 3 },
  { id: 'actions', least: 9.25, width: 9.25, spare: 0 },
]);
