#!/usr/bin/env python3
"""OpenCV's KLT + RANSAC on the sequences that core/scene/examples/motion_bench.rs wrote and followed.

    python3 klt_ransac.py [--per-mark] [--replenish] [--json] FOLDER...

Each folder has sequence.json, frames.grey and ours.json (described in motion_bench.rs). The same features are followed
from frame to frame with the same window and number of levels, on one thread. One homography from the first frame to
the present one is estimated by RANSAC from all that are left, or one per mark with --per-mark. With --replenish, new
corners are looked for when fewer than half are left. Needs opencv-python-headless and numpy.

Per sequence: the share of (frame, mark) pairs, of those where at least half of the mark can be seen, with a mean error
of its points within 5 and 15 pixels; a mark that is not shown counts as wrong. Ours also: how much of what was shown
was within 15 pixels, and on how many of the pairs where OpenCV was right it was shown. Times are medians per
frame in ms, the new picture's pyramid included and the first two frames left out. The binding of
calcOpticalFlowPyrLK builds the previous picture's pyramid as well; a program that keeps it would not, so the time that
one takes is taken off.
"""

import argparse
import json
import pathlib
import time

import cv2
import numpy as np

WINDOW = 16
LEVELS = 4
CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 8, 0.03)
RANSAC_PX = 3.0


def homography(key, now):
    if len(key) < 4:
        return None
    return cv2.findHomography(key, now, cv2.RANSAC, RANSAC_PX, maxIters=500, confidence=0.99)[0]


def follow(pictures, features, per_mark, replenish):
    """Per frame: a homography for each mark (or None), and the milliseconds it took."""
    owner = np.concatenate([np.full(len(points), mark) for mark, points in enumerate(features)])
    key = np.concatenate(features).astype(np.float32).reshape(-1, 2)
    now, enough, marks = key.copy(), len(key) / 2, range(len(features))
    found = [np.eye(3)] * len(features)
    results = [(found, 0.0)]
    for previous, picture in zip(pictures, pictures[1:]):
        begun = time.perf_counter()
        cv2.buildOpticalFlowPyramid(previous, (WINDOW, WINDOW), LEVELS - 1, withDerivatives=False)
        started = time.perf_counter()
        spared = started - begun
        if len(now):
            points = now.reshape(-1, 1, 2)
            moved, status, _ = cv2.calcOpticalFlowPyrLK(
                previous, picture, points, None, winSize=(WINDOW, WINDOW), maxLevel=LEVELS - 1, criteria=CRITERIA)
            kept = status.ravel() == 1
            key, now, owner = key[kept], moved.reshape(-1, 2)[kept], owner[kept]
        if per_mark:
            found = [homography(key[owner == mark], now[owner == mark]) for mark in marks]
        else:
            found = [homography(key, now)] * len(features)
        if replenish and len(now) < enough and found[0] is not None and not per_mark:
            fresh = cv2.goodFeaturesToTrack(picture, int(2 * enough), 0.01, 8)
            if fresh is not None:
                now = fresh.reshape(-1, 2)
                key = cv2.perspectiveTransform(fresh, np.linalg.inv(found[0])).reshape(-1, 2)
                owner = np.zeros(len(now))
        results.append((found, (time.perf_counter() - started - spared) * 1e3))
    return results


def judge(folder, options):
    header = json.loads((folder / "sequence.json").read_text())
    ours = json.loads((folder / "ours.json").read_text())
    width, height = header["width"], header["height"]
    size = np.array([width, height])
    pictures = np.fromfile(folder / "frames.grey", np.uint8).reshape(-1, height, width)
    features = [np.array(points).reshape(-1, 2) * size - 0.5 for points in ours["features"]]
    theirs = follow(pictures, features, options.per_mark, options.replenish)
    marks = [np.array(points) * size - 0.5 for points in header["marks"]]
    counts = dict.fromkeys(
        ["pairs", "ours_5", "ours_15", "opencv_5", "opencv_15", "shown", "shown_15", "both", "lies"], 0)
    worst = 0.0
    for frame, (told, (found, _)) in enumerate(zip(ours["frames"], theirs)):
        for mark, drawn in enumerate(marks):
            truth = np.array(header["truth"][frame][mark]) * size - 0.5
            mine = next((it for it in told["marks"] if it["id"] == mark), None)
            shown = frame > 0 and mine is not None and mine["state"] in ("trusted", "refound")
            error = np.inf
            if shown and None not in mine["points"]:
                error = np.linalg.norm(np.array(mine["points"]) * size - 0.5 - truth, axis=1).mean()
            if frame == 0:
                continue
            if shown:
                counts["shown"] += 1
                counts["shown_15"] += error <= 15
                worst = max(worst, error)
            if header["visible"][frame][mark] < 0.5:
                continue
            theirs_error = np.inf
            if found[mark] is not None:
                placed = cv2.perspectiveTransform(drawn.reshape(-1, 1, 2), found[mark]).reshape(-1, 2)
                theirs_error = np.linalg.norm(placed - truth, axis=1).mean()
            counts["pairs"] += 1
            counts["ours_5"] += error <= 5
            counts["ours_15"] += error <= 15
            counts["opencv_5"] += theirs_error <= 5
            counts["opencv_15"] += theirs_error <= 15
            counts["both"] += theirs_error <= 15 and shown
    share = lambda part, whole: 100.0 * counts[part] / max(counts[whole], 1)
    times = lambda values: round(float(np.median(values[2:])), 3)
    return {
        "name": header["name"],
        "pairs": counts["pairs"],
        **{name: round(share(name, "pairs"), 1) for name in ("ours_5", "opencv_5", "ours_15", "opencv_15")},
        "shown_within_15": round(share("shown_15", "shown"), 1),
        "shown_where_opencv": round(share("both", "opencv_15"), 1),
        "worst_shown_px": round(float(worst), 1),
        "ours_ms": times([it["ms"] for it in ours["frames"]]),
        "opencv_ms": times([ms for _, ms in theirs]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--per-mark", action="store_true")
    parser.add_argument("--replenish", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    judged = [judge(folder, options) for folder in options.folders]
    if options.json:
        print(json.dumps(judged))
        return
    print("".join(f"{key[:14]:>15}" for key in judged[0]))
    for row in judged:
        print("".join(f"{value:>15}" for value in row.values()))


if __name__ == "__main__":
    main()
