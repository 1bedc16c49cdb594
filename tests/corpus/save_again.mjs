// {from, to} on stdin: SheetJS loads the one and saves the other.
import { readFileSync, writeFileSync } from 'node:fs';
import XLSX from 'xlsx';

const { from, to } = JSON.parse(readFileSync(0, 'utf8'));
const book = XLSX.read(readFileSync(from), { cellStyles: true });
writeFileSync(to, XLSX.write(book, { type: 'buffer', bookType: 'xlsx', bookSST: true }));
process.stdout.write('{}');
