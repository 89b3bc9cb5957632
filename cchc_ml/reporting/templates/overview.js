// A link to a paragraph opens its article first.
addEventListener("hashchange", reveal);
reveal();

function reveal() {
  const paragraph = location.hash && document.getElementById(location.hash.slice(1));
  const article = paragraph && paragraph.closest("details");
  if (article && !article.open) {
    article.open = true;
    paragraph.scrollIntoView();
  }
}

// On paper nothing can be opened: all articles are, and those that were closed close again afterwards.
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const article of opened) article.open = true;
});
addEventListener("afterprint", () => {
  for (const article of opened) article.open = false;
});
