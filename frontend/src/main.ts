import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

// The answer that start.js asked for is nearly always there by now. To lay out
// the screen that waits for it, and then another one, takes longer than to wait.
const PATIENCE = 200; // milliseconds
const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE));
await Promise.race([window.firstState, patience]).catch(() => undefined); // App tells what is wrong

mount(App, { target });
