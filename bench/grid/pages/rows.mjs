// The data that every grid of the comparison shows: the same rows, the same columns and widths.
export const columns = [
  ['animator', 'Animator', 112], ['project_type', 'Type', 76], ['episode_title', 'Episode', 150],
  ['scene', 'Scene', 76], ['shot', 'Shot', 84], ['week_yyyymmdd', 'Week', 130],
  ['status', 'Status', 124], ['notes', 'Notes', 142], ['duration', 'Duration', 92],
  ['frames', 'Frames', 76], ['fps', 'Rate', 72], ['media', 'Media', 163],
].map(([key, title, width]) => ({ key, title, width }));

export const row_height = 28;

const statuses = ['wip', 'done', 'review', 'retake'];

export function makeRows(count) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    animator: `Animator ${i % 40}`,
    project_type: 'Series',
    episode_title: `Episode ${i % 30}`,
    scene: String(i % 90),
    shot: String(i + 1).padStart(6, '0'),
    week_yyyymmdd: '20260105',
    status: statuses[i % 4],
    notes: `note ${i + 1}`,
    duration: '2.00 s',
    frames: '48',
    fps: '24',
    media: 'v001',
  }));
}
