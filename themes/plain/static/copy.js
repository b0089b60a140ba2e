// Copying a text field's value to the clipboard. Without this file, or where the browser cannot, the button stays hidden
// and the field is there to copy from by hand.
const said = document.getElementById("said");

function prepare(button) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.querySelector("span");
  const before = label.textContent;
  const show = (words, status) => { label.textContent = words; said.textContent = status; };
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return field.focus();
    }
    show(button.dataset.done, button.dataset.done);
    setTimeout(show, 2500, before, "");
  });
  button.hidden = false;
}

if (navigator.clipboard) document.querySelectorAll("[data-copy]").forEach(prepare);
