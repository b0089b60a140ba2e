// The device's own share sheet, where there is one. What is sent, and to whom, stays between the person and the device.
for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) break;
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () =>
    navigator.share({ text: button.dataset.share, url: button.dataset.link }).catch(() => {}),
  );
}
