// The sum of a profile's weights while they are typed. Numbers take a point or a comma.
(() => {
  "use strict";
  const form = document.querySelector("[data-weights]");
  if (!form) return;
  const out = form.querySelector("[data-sum]");
  const fields = [...form.querySelectorAll("input[name^='weight_']")];
  const show = () => {
    // thousandths as whole numbers, so that 0.1 and 0.2 sum to 0.3
    const parts = fields.map((field) => Math.round(Number(field.value.trim().replace(",", ".")) * 1000));
    const sum = parts.reduce((total, part) => total + (Number.isFinite(part) ? part : 0), 0);
    out.textContent = `${sum / 1000}%`;
    out.classList.toggle("down", sum !== 100000);
  };
  form.addEventListener("input", show);
  show();
})();
