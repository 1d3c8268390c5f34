// Where in its box a picture is that is shown whole (`object-fit: contain`), and from there to the picture and back.

/** @typedef {{ left: number, top: number, width: number, height: number }} Area */

/**
 * @param {Area} box
 * @param {number} widthPx of the picture
 * @param {number} heightPx
 * @returns {Area | undefined} nothing while there is no picture, or no room
 */
export function pictureArea(box, widthPx, heightPx) {
  if (!(widthPx > 0 && heightPx > 0 && box.width > 0 && box.height > 0)) return undefined;
  const scale = Math.min(box.width / widthPx, box.height / heightPx);
  const [width, height] = [widthPx * scale, heightPx * scale];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

/**
 * A place on the page as a place in the picture.
 * @param {Area} area
 * @param {number} x
 * @param {number} y
 * @returns {{ x: number, y: number, inside: boolean }} x and y from 0 to 1: outside, the nearest place on the edge
 */
export function toPicture(area, x, y) {
  const [across, down] = [(x - area.left) / area.width, (y - area.top) / area.height];
  const [nearX, nearY] = [clamp(across), clamp(down)];
  return { x: nearX, y: nearY, inside: nearX === across && nearY === down };
}

/** @param {number} share */
function clamp(share) {
  return Math.min(Math.max(share, 0), 1);
}
