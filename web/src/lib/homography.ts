/** Plane projective transforms, 3 x 3, row after row: what the server calls `transform`. */
export type Matrix = readonly [
  readonly [number, number, number],
  readonly [number, number, number],
  readonly [number, number, number],
];

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const IDENTITY: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

export function translation(x: number, y: number): Matrix {
  return [
    [1, 0, x],
    [0, 1, y],
    [0, 0, 1],
  ];
}

export function scaling(x: number, y: number = x): Matrix {
  return [
    [x, 0, 0],
    [0, y, 0],
    [0, 0, 1],
  ];
}

/** The product of matrices: the last one given acts first. */
export function multiply(...matrices: readonly Matrix[]): Matrix {
  return matrices.reduce<Matrix>((all, matrix) => product(all, matrix), IDENTITY);
}

function product(a: Matrix, b: Matrix): Matrix {
  const row = ([x, y, z]: Matrix[number]): [number, number, number] => [
    x * b[0][0] + y * b[1][0] + z * b[2][0],
    x * b[0][1] + y * b[1][1] + z * b[2][1],
    x * b[0][2] + y * b[1][2] + z * b[2][2],
  ];
  return [row(a[0]), row(a[1]), row(a[2])];
}

/** The transform back, or null where there is none: the matrix squeezes the plane onto a line. */
export function invert(matrix: Matrix): Matrix | null {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) return null;
  return [
    [(e * i - f * h) / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant],
    [(f * g - d * i) / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant],
    [(d * h - e * g) / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant],
  ];
}

export function apply(matrix: Matrix, point: Point): Point {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix;
  const w = g * point.x + h * point.y + i;
  return { x: (a * point.x + b * point.y + c) / w, y: (d * point.x + e * point.y + f) / w };
}

/** The server counts pixel centres (the first pixel is at 0, 0), the page counts edges (its centre is at 0.5, 0.5). */
export function fromCentres(matrix: Matrix): Matrix {
  return multiply(translation(0.5, 0.5), matrix, translation(-0.5, -0.5));
}

/** A matrix from numbers of unknown origin; null unless it is 3 x 3, finite and can be turned round. */
export function parseMatrix(rows: readonly (readonly number[])[] | null | undefined): Matrix | null {
  if (!rows || rows.length !== 3 || rows.some((row) => row.length !== 3 || !row.every(Number.isFinite))) return null;
  const matrix = rows as unknown as Matrix;
  return invert(matrix) ? matrix : null;
}

/** The CSS function that lays an element (its origin at 0 0) as the matrix says. */
export function cssMatrix(matrix: Matrix): string {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix;
  const w = i === 0 ? 1 : i;
  const cells = [a, d, 0, g, b, e, 0, h, 0, 0, w, 0, c, f, 0, i];
  return `matrix3d(${cells.map((cell) => round(cell / w)).join(",")})`;
}

function round(value: number): number {
  return Number(value.toPrecision(9));
}

export function corners(size: Size): readonly Point[] {
  return [
    { x: 0, y: 0 },
    { x: size.width, y: 0 },
    { x: size.width, y: size.height },
    { x: 0, y: size.height },
  ];
}

/** Whether no point of a picture is carried over the horizon: such a transform cannot be drawn. */
export function drawable(matrix: Matrix, size: Size): boolean {
  const depths = corners(size).map(({ x, y }) => matrix[2][0] * x + matrix[2][1] * y + matrix[2][2]);
  return depths.every((depth) => depth > 1e-6) || depths.every((depth) => depth < -1e-6);
}

/** The smallest upright box around points. */
export function boundsOf(points: readonly Point[]): Box {
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** The corners of a rectangle given in shares (0 to 1) of a picture. */
export function rectangleIn(size: Size, [left, top, right, bottom]: readonly [number, number, number, number]): Point[] {
  return [
    { x: left * size.width, y: top * size.height },
    { x: right * size.width, y: top * size.height },
    { x: right * size.width, y: bottom * size.height },
    { x: left * size.width, y: bottom * size.height },
  ];
}
