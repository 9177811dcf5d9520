// Sets the theme before anything is drawn: the machine's own, unless another one was chosen here.
const THEME_KEY = "stand-in-theme";

function shownTheme() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  return document.documentElement.dataset.theme || (dark ? "dark" : "light");
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(THEME_KEY, theme);
}

const chosenTheme = localStorage.getItem(THEME_KEY);
if (chosenTheme === "light" || chosenTheme === "dark") document.documentElement.dataset.theme = chosenTheme;

document.addEventListener("click", (event) => {
  if (event.target.closest("#toggle-theme")) setTheme(shownTheme() === "dark" ? "light" : "dark");
});
