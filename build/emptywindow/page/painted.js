// Two frames on, what the page says has been painted.
requestAnimationFrame(() => requestAnimationFrame(() => window.go.main.Empty.Painted()));
