// Runs before the first paint so that a chosen theme or language never flashes.
(() => {
  try {
    const { theme, motion, language } = JSON.parse(localStorage.getItem("headwater.preferences") || "{}");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (motion === "none") document.documentElement.dataset.motion = motion;
    if (language) document.documentElement.lang = language;
  } catch {
    // A blocked or damaged store means the system's theme and the browser's language.
  }
})();
