import './app.css';
import { mount } from 'svelte';
import { app } from '$lib/state/app.svelte';
import App from './App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

// The answer that start.js asked for is nearly always there by now. To lay out
// the screen that waits for it, and then another one, takes longer than to wait.
const PATIENCE = 200; // milliseconds
const patience = new Promise<undefined>((resolve) => {
  setTimeout(resolve, PATIENCE);
});
// App takes the answer too, and tells what is wrong.
const first = await Promise.race([window.firstState, patience]).catch(() => undefined);
if (first) app.take(first);

mount(App, { target });
