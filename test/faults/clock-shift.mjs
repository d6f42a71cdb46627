// Loaded before a component (node --import): its clock is off by as many milliseconds as the file FAULTS_CLOCK says.
import { readFileSync } from 'node:fs';

const LOOK_MS = 20;
const file = process.env['FAULTS_CLOCK'] ?? '';
const now = Date.now.bind(Date);
let shift = 0;

function look() {
  try {
    shift = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    shift = 0;
  }
}

look();
setInterval(look, LOOK_MS).unref();
Date.now = () => now() + shift;
