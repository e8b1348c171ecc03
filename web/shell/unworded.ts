const said = {
  en: "Headwater did not load. Load the page anew.",
  hi: "Headwater लोड नहीं हुआ। पेज फिर से लोड करें।",
  as: "Headwater ল’ড নহ’ল। পৃষ্ঠাখন পুনৰ ল’ড কৰক।",
};

/** Where no catalog comes there are no words to choose from: these few come with the app itself. */
export function sayUnworded(root: HTMLElement): void {
  const page = document.createElement("main");
  const told = document.createElement("div");
  told.className = "plain";
  told.setAttribute("role", "alert");
  page.append(told);
  for (const [lang, words] of Object.entries(said)) {
    const line = document.createElement("a");
    line.lang = lang;
    line.href = location.href;
    line.textContent = words;
    // An address with a token behind its # would only be gone to, not loaded.
    line.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
    told.append(line);
  }
  root.append(page);
}
