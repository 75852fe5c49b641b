/* eslint no-restricted-globals: "off" -- the choice of colours says nothing about anybody */
// Before anything is painted, and while the larger scripts are read: the colours
// that were chosen on this computer, else the system's
// (src/lib/state/appearance.svelte.ts follows changes), and the question that the
// first screen waits for (src/lib/state/app.svelte.ts takes the answer).
document.documentElement.dataset.theme = (() => {
  let chosen;
  try {
    chosen = JSON.parse(localStorage.getItem('appearance'));
  } catch {
    // then the system's
  }
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
})();
try {
  // And how large everything is shown: src/lib/state/zoom.svelte.ts.
  const zoom = Number(localStorage.getItem('zoom'));
  if (zoom >= 80 && zoom <= 200) document.documentElement.style.fontSize = `${zoom}%`;
} catch {
  // then the usual size
}
window.firstState = window.go?.window?.About?.State();
