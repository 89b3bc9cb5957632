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
