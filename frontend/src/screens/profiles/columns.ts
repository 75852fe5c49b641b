import type { ProfileSort } from '$lib/api';
import { Layout } from '$lib/components/grid/layout.svelte';

/** The columns of the profile list; all can be sorted by. */
export const layout = new Layout<ProfileSort>('profiles.columns', [
  { id: 'name', least: 10, share: 1, spare: 0 },
  { id: 'born', least: 6, width: 6.25, spare: 1 },
  { id: 'sex', least: 4, width: 4.5, spare: 5 },
  { id: 'email', least: 13, share: 1.2, spare: 3 },
  { id: 'phone', least: 6.5, width: 7, spare: 2 },
  { id: 'updated', least: 5.5, width: 5.75, spare: 4 },
]);
