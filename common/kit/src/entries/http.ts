/** What the routes of a service are written with. */
export { Authentication, id, inDigits, Middleware, plainText, problem, route, Routes, uuidText } from '../http';
export type { FieldFault, HttpContext, Problem, Route, SecurityScheme } from '../http';
