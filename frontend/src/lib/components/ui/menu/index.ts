export { default as Menu } from './menu.svelte';
export { default as MenuCheck } from './menu-check.svelte';
export { default as MenuChoice } from './menu-choice.svelte';
export { default as MenuItem } from './menu-item.svelte';
