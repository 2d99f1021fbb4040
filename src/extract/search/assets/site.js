// A link that gives a parameter a value leaves the other parameters as they are.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".metadata-description a[href^='?']");
  const form = document.querySelector("form.sql");
  if (link && form) {
    event.preventDefault();
    for (const [name, value] of new URLSearchParams(link.search)) form.elements[name].value = value;
    form.submit();
  }
});
