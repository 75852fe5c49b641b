export { default as AlertDialog } from './alert-dialog.svelte';
