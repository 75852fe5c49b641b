export { default as Menu } from './menu.svelte';
export { default as MenuItem } from './menu-item.svelte';
