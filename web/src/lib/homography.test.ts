import { describe, expect, it } from "vitest";
import {
  apply,
  boundsOf,
  corners,
  cssMatrix,
  drawable,
  fromCentres,
  IDENTITY,
  invert,
  type Matrix,
  multiply,
  parseMatrix,
  rectangleIn,
  scaling,
  translation,
} from "./homography";

const BENT: Matrix = [
  [1.1, 0.2, 30],
  [-0.1, 0.9, 12],
  [0.0004, -0.0002, 1],
];

describe("homography", () => {
  it("comes back with its inverse", () => {
    const back = invert(BENT) ?? IDENTITY;
    const home = apply(back, apply(BENT, { x: 120, y: 80 }));
    expect(home.x).toBeCloseTo(120, 6);
    expect(home.y).toBeCloseTo(80, 6);
  });

  it("applies the last factor first", () => {
    expect(apply(multiply(scaling(2), translation(3, 4)), { x: 1, y: 1 })).toEqual({ x: 8, y: 10 });
  });

  it("moves pixel centres to edges, so that a picture of double size covers the same area", () => {
    const double: Matrix = [
      [2, 0, 0.5],
      [0, 2, 0.5],
      [0, 0, 1],
    ];
    const matrix = fromCentres(double);
    expect(apply(matrix, { x: 0, y: 0 })).toEqual({ x: 0, y: 0 });
    expect(apply(matrix, { x: 10, y: 5 })).toEqual({ x: 20, y: 10 });
  });

  it("writes CSS by columns, with the bottom right cell at one", () => {
    expect(cssMatrix(translation(5, 7))).toBe("matrix3d(1,0,0,0,0,1,0,0,0,0,1,0,5,7,0,1)");
    expect(cssMatrix(scaling(2, 3))).toBe("matrix3d(2,0,0,0,0,3,0,0,0,0,1,0,0,0,0,1)");
  });

  it("refuses matrices that flatten the plane or are not finite", () => {
    expect(parseMatrix([[1, 0, 0], [2, 0, 0], [0, 0, 1]])).toBeNull();
    expect(parseMatrix([[1, 0, 0], [0, NaN, 0], [0, 0, 1]])).toBeNull();
    expect(parseMatrix([[1, 0], [0, 1]])).toBeNull();
    expect(parseMatrix(null)).toBeNull();
    expect(parseMatrix([[1, 0, 0], [0, 1, 0], [0, 0, 1]])).toEqual(IDENTITY);
  });

  it("knows which pictures cross the horizon", () => {
    expect(drawable(BENT, { width: 400, height: 300 })).toBe(true);
    const behind: Matrix = [
      [1, 0, 0],
      [0, 1, 0],
      [-0.01, 0, 1],
    ];
    expect(drawable(behind, { width: 400, height: 300 })).toBe(false);
  });

  it("finds the box around mapped corners and rectangles in shares", () => {
    const points = corners({ width: 10, height: 20 }).map((point) => apply(translation(-5, 1), point));
    expect(boundsOf(points)).toEqual({ left: -5, top: 1, right: 5, bottom: 21 });
    expect(boundsOf(rectangleIn({ width: 200, height: 100 }, [0.1, 0.2, 0.5, 0.6]))).toEqual({
      left: 20,
      top: 20,
      right: 100,
      bottom: 60,
    });
  });
});
