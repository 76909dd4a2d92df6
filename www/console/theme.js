// @ts-check
// Loaded before the styles, not as a module: a chosen theme must not flash the other one first.
{
  try {
    const theme = localStorage.getItem("cultflicks.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is refused: the system's theme stays.
  }
}
