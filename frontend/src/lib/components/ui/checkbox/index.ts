export { default as CheckMark } from './check-mark.svelte';
export { default as Checkbox } from './checkbox.svelte';
