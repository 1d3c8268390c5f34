// Leaves out the points of a line that nobody would miss, in one pass: what is drawn then is quick to draw.

/**
 * From the last point that was kept, all directions are open under which every point since would lie within the
 * tolerance. When a point lies under none of them, or the line turns back, the one before is kept (Sklansky, Gonzalez).
 * @param {Float32Array} points x and y of each
 * @param {number} from the line's first point
 * @param {number} to the one after its last
 * @param {number} tolerance at most so far from the line lies what is left out
 * @param {Float32Array} out x and y of each that is kept; has room for all
 * @returns {number} how many are kept: the first and the last always are
 */
export function simplify(points, from, to, tolerance, out) {
  if (from >= to) return 0;
  let [x0, y0] = [points[from * 2], points[from * 2 + 1]];
  out[0] = x0;
  out[1] = y0;
  let kept = 1;
  // The edges of the open directions.
  let [leftX, leftY, rightX, rightY] = [0, 0, 0, 0];
  let isOpen = false;
  let farthest = 0;
  for (let point = from + 1; point < to; point++) {
    const [x, y] = [points[point * 2], points[point * 2 + 1]];
    let [dx, dy] = [x - x0, y - y0];
    let length = Math.sqrt(dx * dx + dy * dy);
    const isBeside = isOpen && (rightX * dy - rightY * dx < 0 || dx * leftY - dy * leftX < 0);
    if (isBeside || length < farthest) {
      x0 = points[point * 2 - 2];
      y0 = points[point * 2 - 1];
      out[kept * 2] = x0;
      out[kept * 2 + 1] = y0;
      kept++;
      isOpen = false;
      farthest = 0;
      [dx, dy] = [x - x0, y - y0];
      length = Math.sqrt(dx * dx + dy * dy);
    }
    farthest = Math.max(farthest, length);
    // So near that it lies within the tolerance under any direction.
    if (length <= tolerance) continue;
    const sine = tolerance / length;
    const cosine = Math.sqrt(1 - sine * sine);
    const [nextLeftX, nextLeftY] = [dx * cosine - dy * sine, dx * sine + dy * cosine];
    const [nextRightX, nextRightY] = [dx * cosine + dy * sine, dy * cosine - dx * sine];
    if (!isOpen || leftX * nextLeftY - leftY * nextLeftX < 0) [leftX, leftY] = [nextLeftX, nextLeftY];
    if (!isOpen || rightX * nextRightY - rightY * nextRightX > 0) [rightX, rightY] = [nextRightX, nextRightY];
    isOpen = true;
  }
  if (to - from > 1) {
    out[kept * 2] = points[to * 2 - 2];
    out[kept * 2 + 1] = points[to * 2 - 1];
    kept++;
  }
  return kept;
}
