export { default as Button } from './button.svelte';
export type { ButtonProps, ButtonVariant } from './button';
