// Loaded into each process of the deployed system: tells whoever listens on BENCH_SOCKET which orders its commits have
// ended, and, when it is asked, how often it has asked MySQL.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { countRoundTrips, observeEnds } from './observer.mjs';

const socket = connect(process.env.BENCH_SOCKET);
const tell = (what) => socket.write(`${JSON.stringify(what)}\n`);
const roundTrips = countRoundTrips();
observeEnds('mysql', (ended) => tell({ ended }));
socket.on('error', () => {}); // nobody listens any more: the bench has ended
socket.unref();
createInterface({ input: socket }).on('line', () => tell({ roundTrips: roundTrips() }));
