// Keys of the review desk. Every button and link works without them; no key is heard while somebody types.
(() => {
  let sent = false;
  const field = "input:not([type=radio], [type=checkbox], [type=submit], [type=button]), select, textarea";
  const typing = element => element instanceof Element && element.closest(field);

  addEventListener("pageshow", () => { sent = false; });
  addEventListener("submit", event => { // a second press decides nothing about the next piece
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener("keydown", event => {
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (event.key === "Enter" && event.target.matches?.("select[data-sends]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (sent || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    const key = event.key.toLowerCase();
    const target = [...document.querySelectorAll("[data-key]")].find(e => e.dataset.key === key);
    if (!target || target.disabled) return;
    event.preventDefault();
    if (target.tagName !== "SUMMARY") {
      target.click();
      return;
    }
    const fold = target.parentElement;
    fold.open = key === "?" ? !fold.open : true;
    fold.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  });
})();
