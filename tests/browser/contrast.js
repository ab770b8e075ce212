// WCAG 2.2, "contrast ratio": every text that is seen against what is painted behind it, and the edges of controls.
(() => {
  const paint = color => {
    const parts = color.match(/[\d.]+/g).map(Number);
    return parts.length > 3 ? parts : [...parts, 1];
  };
  const behind = node => {
    for (let one = node; one; one = one.parentElement) {
      const color = paint(getComputedStyle(one).backgroundColor);
      if (color[3] === 1) return color;
      if (color[3] !== 0) throw new Error("a background that is seen through: " + one.outerHTML.slice(0, 80));
    }
    return [255, 255, 255, 1];
  };
  const light = color => {
    const [r, g, b] = color.slice(0, 3).map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.checkVisibility() || node.closest(".sr")) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize), bold = style.fontWeight >= 700;
    texts.push({
      text: walker.currentNode.data.trim().slice(0, 40),
      ratio: ratio(paint(style.color), behind(node)),
      least: size >= 24 || (bold && size >= 18.66) ? 3 : 4.5,
    });
  }
  const edges = [...document.querySelectorAll("a.level, input, button[aria-pressed=true]")]
    .filter(one => one.checkVisibility())
    .map(one => ({ what: one.outerHTML.slice(0, 60), ratio: ratio(paint(getComputedStyle(one).borderTopColor), behind(one.parentElement)) }));
  return [texts, edges];
})()
