import { innerWidth } from 'svelte/reactivity/window';
import { zoom } from '$lib/state/zoom.svelte';

/** The sidebar shows its icons only (below Tailwind's md): they need tooltips then. */
export const labelHidden = () => (innerWidth.current ?? 1024) < 48 * zoom.rem;
