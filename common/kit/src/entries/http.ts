/** What the routes of a service are written with. */
export { id, inDigits, plainText, problem, route, Routes, uuidText } from '../http';
export type { FieldFault, Problem, Route } from '../http';
