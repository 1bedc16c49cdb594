// {library, files} on stdin; {file: opened?} on stdout.
import { readFileSync } from 'node:fs';

const { library, files } = JSON.parse(readFileSync(0, 'utf8'));
const opened = {};
for (const file of files) {
  try {
    if (library === 'exceljs') {
      const { default: ExcelJS } = await import('exceljs');
      await new ExcelJS.Workbook().xlsx.readFile(file);
    } else {
      const { default: XLSX } = await import('xlsx');
      XLSX.read(readFileSync(file), { bookVBA: true });
    }
    opened[file] = true;
  } catch {
    opened[file] = false;
  }
}
process.stdout.write(JSON.stringify(opened));
