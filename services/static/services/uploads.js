// Says that files are too many or too large before they are sent: the server refuses them all the same.
for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    const tooMuch = files.length > Number(input.dataset.most)
      || files.some((file) => file.size > Number(input.dataset.mostBytes));
    input.setCustomValidity(tooMuch ? input.dataset.tooLarge : "");
    if (tooMuch) input.reportValidity();
  });
}
