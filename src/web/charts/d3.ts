/** The parts of d3 that the charts use, with their types. */

// @ts-types="@types/d3-scale"
export { scaleBand, scaleLinear } from "d3-scale";
// @ts-types="@types/d3-scale"
export type { ScaleLinear } from "d3-scale";
// @ts-types="@types/d3-shape"
export { area, line, stack } from "d3-shape";
