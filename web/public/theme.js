(function () {
  try {
    var theme = JSON.parse(localStorage.getItem("sosie.preferences") || "{}").theme;
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (error) {
    console.info("Stored preferences cannot be read; the system's theme is used.", error);
  }
})();
