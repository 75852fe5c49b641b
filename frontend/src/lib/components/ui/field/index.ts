export { default as Field } from './field.svelte';
export { default as SecretField } from './secret-field.svelte';
