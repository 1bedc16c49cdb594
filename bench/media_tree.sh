#!/usr/bin/env bash
# media_tree.sh OUTDIR - synthesises an animation studio's folder tree with ffmpeg, and OUTDIR/truth.tsv with what the
# encoder was ASKED for (never what a prober says afterwards). Needs: ffmpeg (Debian 12: 5.1), coreutils, awk.
#   SIZE=320x180 EPISODES=3 SCENES=4 SHOTS=4 JOBS=2 CASES=1 BULK=1   (benchmark set: SIZE=1920x1080 SHOTS=8)
# truth.tsv columns (tab; one line a media item; a sequence is one item, named dir/base.%04d.ext):
#   path kind frames fps duration first last missing expect case note
#   kind    video | anim (gif/apng/webp) | sequence | still | audio | none
#   expect  ok       a prober must report exactly frames/fps/duration
#           partial  readable, but something is lost: must report what is there AND the flag named in note
#           error    must be reported as unreadable, never as 0 or as a guess
#           ignore   must not become a shot's media at all
# shots.tsv: episode scene shot version file frames fps duration - what the tracker must write for each bulk shot.
set -u
OUT=${1:?usage: media_tree.sh OUTDIR}
SIZE=${SIZE:-320x180} EPISODES=${EPISODES:-3} SCENES=${SCENES:-4} SHOTS=${SHOTS:-4} JOBS=${JOBS:-2} CASES=${CASES:-1} BULK=${BULK:-1}
WEBM_SIZE=${WEBM_SIZE:-$SIZE} SEQ_SIZE=${SEQ_SIZE:-320x180}
mkdir -p "$OUT" || exit 1
OUT=$(cd "$OUT" && pwd); T=$OUT/truth.tsv S=$OUT/shots.tsv; W=$(mktemp -d); trap 'rm -rf "$W"' EXIT
printf 'path\tkind\tframes\tfps\tduration\tfirst\tlast\tmissing\texpect\tcase\tnote\n' >"$T"
printf 'episode\tscene\tshot\tversion\tfile\tframes\tfps\tduration\n' >"$S"
dur() { awk -v n="$1" -v r="$2" 'BEGIN{split(r,a,"/"); d=a[2]?a[2]:1; printf "%.6f", n*d/a[1]}'; }
# t path kind frames fps expect case [note] [duration] [first last missing]
t() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "${8:-$( [ "$4" = - ] && echo - || dur "$3" "$4")}" \
        "${9:--}" "${10:--}" "${11:--}" "$5" "$6" "${7:-}" >>"$T"; }
FF() { ffmpeg -nostdin -hide_banner -v error -y "$@" || echo "FAILED: ffmpeg ${*: -1}" >&2; }
running=0
bg() { "$@" & running=$((running+1)); if [ $running -ge "$JOBS" ]; then wait -n; running=$((running-1)); fi; }
settle() { wait; running=0; }
src() { echo "testsrc2=size=$1:rate=$2"; }
# v FILE FRAMES FPS SIZE encoder-args...
v() { local f=$1 n=$2 r=$3 s=$4; shift 4; FF -f lavfi -i "$(src "$s" "$r")" -frames:v "$n" "$@" "$f"; }
X264="-c:v libx264 -preset ultrafast -g 24 -bf 2 -pix_fmt yuv420p -threads 1"
X264B="-c:v libx264 -preset veryfast -g 24 -bf 2 -pix_fmt yuv420p -threads 1"   # really has B-frames

# ------------------------------------------------------------------------------------------------ 1. the normal shots
if [ "$BULK" = 1 ]; then
P=$OUT/Parcel
k=0
titles=(The_Lost_Kite Rain_On_Sunday Moon_Bakery Tiny_Orchestra Paper_Boats)
for ((e=1;e<=EPISODES;e++)); do for ((c=1;c<=SCENES;c++)); do for ((h=1;h<=SHOTS;h++)); do
  EP=$(printf EP%02d $e) SC=$(printf SC%03d $((c*10))) SH=$(printf SH%04d $((h*10)))
  low=$(echo "${EP}_${SC}_${SH}" | tr A-Z a-z); d=$P/${EP}_${titles[$(((e-1)%5))]}/$SC/$SH
  k=$((k+1)); nv=$((1 + (k*7)%4)); fps=24
  case $e in 2) fps=25;; 3) fps=24000/1001;; esac
  mkdir -p "$d/anim" "$d/comp"
  for ((ver=1;ver<=nv;ver++)); do
    n=$((30 + (k*13 + ver*5) % 90)); f=$d/anim/${low}_anim_v$(printf %03d $ver).mp4
    opt=""; [ $(((k+ver)%3)) = 0 ] && opt="-movflags +faststart"
    bg v "$f" $n $fps "$SIZE" $X264 $opt
    t "${f#$OUT/}" video $n $fps ok bulk_mp4
  done
  last=${f#$OUT/}; lastn=$n; lastv=$nv
  n=$((30 + (k*17) % 90)); base=$d/comp/${low}_comp_v001
  case $((k%8)) in
    0|1) f=$base.mov;  bg v "$f" $n $fps "$SIZE" -c:v prores -profile:v 0 -pix_fmt yuv422p10le -timecode 01:00:00:00; cs=bulk_prores;;
    2) f=$base.mkv;    bg v "$f" $n $fps "$SIZE" $X264; cs=bulk_mkv;;
    3) f=$base.webm;   bg v "$f" $n $fps "$WEBM_SIZE" -c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M -pix_fmt yuv420p; cs=bulk_webm;;
    4) f=$base.avi;    bg v "$f" $n $fps "$SIZE" -c:v mjpeg -q:v 6 -pix_fmt yuvj420p; cs=bulk_avi;;
    5) f=$base.mov;    bg v "$f" $n $fps "$SEQ_SIZE" -c:v qtrle; cs=bulk_qtrle;;
    6) f=$base.mp4;    bg v "$f" $n $fps "$SIZE" -c:v libx265 -preset ultrafast -x265-params log-level=error:pools=1 -tag:v hvc1 -pix_fmt yuv420p; cs=bulk_hevc;;
    7) f=$base.mxf;    bg v "$f" $n $fps "$SIZE" -c:v mpeg2video -g 12 -q:v 4 -pix_fmt yuv420p; cs=bulk_mxf;;
  esac
  t "${f#$OUT/}" video $n $fps ok $cs
  # what counts for the shot: its highest anim version (comp is another task)
  printf '%s\t%s\t%s\tv%03d\t%s\t%s\t%s\t%s\n' "$EP" "$SC" "$SH" $lastv "$last" $lastn $fps "$(dur $lastn $fps)" >>"$S"
  # image sequences for every fourth shot, two versions, the newer one with a gap
  if [ $((k%4)) = 0 ]; then
    for ver in 1 2; do
      n=$((16 + k%9)); q=$d/renders/v$(printf %03d $ver); mkdir -p "$q"; x=png; [ $((k%8)) = 0 ] && x=exr; pf=rgb24; [ $x = exr ] && pf=gbrpf32le
      FF -f lavfi -i "$(src "$SEQ_SIZE" 24)" -frames:v $n -pix_fmt $pf -start_number 1001 "$q/${low}_beauty_v$(printf %03d $ver).%04d.$x"
      miss=-; ex=ok; note=
      if [ $ver = 2 ]; then rm -f "$q/${low}_beauty_v002.1005.$x" "$q/${low}_beauty_v002.1006.$x" "$q/${low}_beauty_v002.1010.$x"; miss=1005-1006,1010; ex=partial; note=missing_frames; fi
      t "${q#$OUT/}/${low}_beauty_v$(printf %03d $ver).%04d.$x" sequence $n 24 $ex bulk_seq_$x "$note" "" 1001 $((1000+n)) $miss
    done
  fi
  # weekly delivery copy, named as people do it
  if [ $((k%5)) = 0 ]; then
    w=$OUT/_weekly/202601$(printf %02d $((5 + 7*((k/5)%4))))/Mina; mkdir -p "$w"
    bg v "$w/$EP $SC $SH final.mp4" 40 $fps "$SIZE" $X264; t "${w#$OUT/}/$EP $SC $SH final.mp4" video 40 $fps ok bulk_weekly
  fi
done; done; done
settle
fi

[ "$CASES" = 1 ] || { echo "$(($(wc -l <"$T")-1)) items in $T"; exit 0; }
# ------------------------------------------------------------------------------------------------ 2. the hard cases
C=$OUT/cases; Z=320x180; mkdir -p "$C"/{rate,container,broken,time,audio,names,anim,seq,still,evil}
cd "$C" || exit 1
c() { local f=$1; shift; t "cases/$f" "$@"; }
# --- 2a frame rates
for r in 12 15 24000/1001 24 25 30000/1001 30 48 50 60000/1001 60; do
  f=rate/h264_${r//\//_}.mp4; v $f 48 $r $Z $X264; c $f video 48 $r ok rate
done
FF -f lavfi -i "$(src $Z 12)" -vf fps=24 -frames:v 48 $X264 rate/on_twos_24fps_container.mp4; c rate/on_twos_24fps_container.mp4 video 48 24 ok on_twos "24 drawings held 2 frames each: frames=48, drawings=24"
FF -f lavfi -i "$(src $Z 12)" -frames:v 24 $X264 rate/on_twos_12fps_container.mp4; c rate/on_twos_12fps_container.mp4 video 24 12 ok on_twos "same 2 s as 24 frames at 12 fps"
v rate/one_frame.mp4 1 24 $Z $X264; c rate/one_frame.mp4 video 1 24 ok one_frame
v rate/two_frames.mkv 2 24 $Z $X264; c rate/two_frames.mkv video 2 24 ok one_frame
v rate/low_rate_1fps.mp4 5 1 $Z $X264; c rate/low_rate_1fps.mp4 video 5 1 ok rate
v rate/drop_frame_tc.mov 60 30000/1001 $Z -c:v prores -pix_fmt yuv422p10le -timecode '00:00:59;00'; c rate/drop_frame_tc.mov video 60 30000/1001 ok dropframe "timecode 00:00:59;00 DF: labels skip, frames do not"
# variable rate: 24 frames at 24 fps, then 24 at 12 fps = 3 s
FF -f lavfi -i "$(src $Z 24)" -frames:v 48 -vf "settb=1/24000,setpts='if(lt(N,24),N/24,1+(N-24)/12)/TB'" -vsync vfr -video_track_timescale 24000 $X264 rate/vfr.mp4
c rate/vfr.mp4 video 48 - ok vfr "24 frames @24 + 24 @12; the muxer gives the last one 1/24; ffprobe's stream duration says 2.875" 2.958333
FF -f lavfi -i "$(src $Z 24)" -frames:v 48 -vf "settb=1/1000,setpts='if(lt(N,24),N/24,1+(N-24)/12)/TB'" -vsync vfr $X264 rate/vfr.mkv
c rate/vfr.mkv video 48 - ok vfr "mkv: 1 ms ticks" 2.958333
FF -f lavfi -i "$(src $Z 30):duration=3" -vf "select='not(eq(mod(n,7),3))'" -vsync vfr $X264 rate/vfr_screenrec.mp4
c rate/vfr_screenrec.mp4 video 77 - ok vfr "30 fps with 13 of 90 dropped" 3.000000
# --- 2b containers
v container/faststart.mp4 48 24 $Z $X264 -movflags +faststart; c container/faststart.mp4 video 48 24 ok mp4
v container/plain.mp4 48 24 $Z $X264; c container/plain.mp4 video 48 24 ok mp4
v container/bframes.mp4 48 24 $Z $X264B; c container/bframes.mp4 video 48 24 ok mp4_bframes "edit list media_time=2 frames"
v container/bframes_neg_cts.mp4 48 24 $Z $X264B -movflags +negative_cts_offsets; c container/bframes_neg_cts.mp4 video 48 24 ok mp4_bframes
v container/frag_keyframe.mp4 48 24 $Z $X264B -movflags +frag_keyframe+empty_moov; c container/frag_keyframe.mp4 video 48 24 ok fragmented "no stts: walk every moof/trun"
v container/frag_every.mp4 48 24 $Z $X264 -movflags +frag_every_frame+empty_moov+default_base_moof; c container/frag_every.mp4 video 48 24 ok fragmented
v container/frag_cmaf.mp4 48 24 $Z $X264B -movflags +cmaf+frag_keyframe; c container/frag_cmaf.mp4 video 48 24 ok fragmented
v container/frag_moov_first.mp4 48 24 $Z $X264B -movflags +frag_keyframe; c container/frag_moov_first.mp4 video 48 24 ok fragmented "moov has the 1st fragment's samples (24), the rest in moof"
v container/frag_sidx.mp4 48 24 $Z $X264B -movflags +dash+frag_keyframe+global_sidx; c container/frag_sidx.mp4 video 48 24 ok fragmented
v container/prores.mov 48 24 $Z -c:v prores -pix_fmt yuv422p10le; c container/prores.mov video 48 24 ok mov
v container/prores4444.mov 48 24 $Z -c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le; c container/prores4444.mov video 48 24 ok mov
v container/png_rgba.mov 48 24 $Z -c:v png -pix_fmt rgba; c container/png_rgba.mov video 48 24 ok mov
v container/hevc.mp4 48 24 $Z -c:v libx265 -preset ultrafast -x265-params log-level=error -tag:v hvc1; c container/hevc.mp4 video 48 24 ok mp4
v container/h264.mkv 48 24 $Z $X264B; c container/h264.mkv video 48 24 ok mkv "no frame count in the header"
v container/ffv1_23976.mkv 48 24000/1001 $Z -c:v ffv1; c container/ffv1_23976.mkv video 48 24000/1001 ok mkv "1 ms ticks: count, do not multiply"
ffmpeg -nostdin -v error -f lavfi -i "$(src $Z 24)" -frames:v 48 $X264 -f matroska - | cat >container/piped_no_duration.mkv; c container/piped_no_duration.mkv video 48 24 ok mkv_noduration "no Duration, no Cues, unknown-size clusters"
v container/vp9.webm 48 24 $Z -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 200k; c container/vp9.webm video 48 24 ok webm
VP8="-c:v libvpx -deadline good -cpu-used 2 -lag-in-frames 25 -auto-alt-ref 1 -arnr-maxframes 7 -arnr-strength 5 -b:v 150k -g 120 -passlogfile $W/vp8"
FF -f lavfi -i "$(src $Z 24)" -frames:v 120 $VP8 -pass 1 -f null -; v container/vp8_altref.webm 120 24 $Z $VP8 -pass 2; c container/vp8_altref.webm video 120 24 ok hidden_frames "VP8 alt-ref packets are never shown: 128 packets, 120 frames (show_frame bit)"
v container/mjpeg.avi 48 24 $Z -c:v mjpeg -pix_fmt yuvj420p; c container/mjpeg.avi video 48 24 ok avi
v container/mpeg4_bf.avi 48 24 $Z -c:v mpeg4 -bf 2 -q:v 4; c container/mpeg4_bf.avi video 48 24 ok avi_bframes "B-frames in avi: no pts"
v container/h264.avi 48 25 $Z $X264; c container/h264.avi video 48 25 ok avi
v container/h264.ts 48 24 $Z $X264B; c container/h264.ts video 48 24 ok ts "no index; PTS start 1.4 s; last frame has no duration"
v container/mpeg2.mpg 48 25 $Z -c:v mpeg2video -q:v 4; c container/mpeg2.mpg video 48 25 ok mpegps
v container/dnxhd.mxf 24 25 1280x720 -c:v dnxhd -b:v 120M -r 50 -pix_fmt yuv422p; c container/dnxhd.mxf video 24 50 ok mxf
v container/mpeg2.mxf 48 25 $Z -c:v mpeg2video -q:v 4; c container/mpeg2.mxf video 48 25 ok mxf
v container/flv1.flv 48 24 $Z -c:v flv; c container/flv1.flv video 48 24 ok flv
v container/raw.h264 48 24 $Z $X264B -f h264; c container/raw.h264 video 48 24 ok raw_es "no timestamps; rate only in SPS VUI, else assumed 25"
v container/raw_novui.h264 48 24 $Z $X264 -f h264 -bsf:v h264_metadata=delete_filler=0 -x264-params force-cfr=1; c container/raw_novui.h264 video 48 24 ok raw_es
v container/raw.hevc 48 24 $Z -c:v libx265 -preset ultrafast -x265-params log-level=error -f hevc; c container/raw.hevc video 48 24 ok raw_es
v container/raw.m2v 48 25 $Z -c:v mpeg2video -f mpeg2video; c container/raw.m2v video 48 25 ok raw_es
v container/raw.mjpeg 48 25 $Z -c:v mjpeg -pix_fmt yuvj420p -f mjpeg; c container/raw.mjpeg video 48 25 ok raw_es "no rate in the stream: 25 is the demuxer's default"
v container/raw.y4m 24 24 $Z -pix_fmt yuv420p; c container/raw.y4m video 24 24 ok y4m
# --- 2c time lines
v "$W/k.mp4" 96 24 $Z -c:v libx264 -preset ultrafast -bf 0 -g 48 -keyint_min 48 -sc_threshold 0 -pix_fmt yuv420p -video_track_timescale 24000
# a QuickTime-style trim: 96 samples stored, the edit list shows samples 24..71 = 48 frames, 2 s
python3 - "$W/k.mp4" time/trimmed_elst.mp4 <<'PY'
import sys,struct; b=bytearray(open(sys.argv[1],'rb').read()); i=b.find(b'elst'); ver,n=b[i+4],struct.unpack('>I',b[i+8:i+12])[0]; assert ver==0 and n==1
b[i+12:i+20]=struct.pack('>Ii',2000,24000); open(sys.argv[2],'wb').write(b)      # segment 2000/1000 s, media_time 24000/24000 s
PY
c time/trimmed_elst.mp4 video 48 24 ok editlist "96 samples stored, edit list shows 48: nb_frames says 96, tkhd and mvhd still 4 s"
FF -ss 1.0 -i "$W/k.mp4" -c copy -frames:v 48 time/trimmed_copy.mp4; c time/trimmed_copy.mp4 video 24 24 ok editlist "-ss 1 -c copy -frames 48: 24 preroll samples hidden by the edit list, 24 shown"
FF -itsoffset 0.5 -i container/plain.mp4 -f lavfi -i sine=r=48000:d=2.5 -map 0:v -map 1:a -c:v copy -c:a aac time/empty_edit.mp4; c time/empty_edit.mp4 video 48 24 ok editlist "video starts 0.5 s after audio (empty edit)"
FF -i container/plain.mp4 -c copy -output_ts_offset 10 time/start_10s.mkv; c time/start_10s.mkv video 48 24 ok start_time "first pts 10 s; container duration counts from 0"
FF -i container/bframes.mp4 -c copy -output_ts_offset 3600 time/start_1h.ts; c time/start_1h.ts video 48 24 ok start_time
FF -display_rotation 90 -i container/plain.mp4 -c copy time/rotated.mov 2>/dev/null; [ -s time/rotated.mov ] || FF -i container/plain.mp4 -c copy -metadata:s:v rotate=90 time/rotated.mov; c time/rotated.mov video 48 24 ok rotated
v time/interlaced.mp4 48 25 $Z $X264 -flags +ildct+ilme -x264-params tff=1; c time/interlaced.mp4 video 48 25 ok interlaced "48 frames = 96 fields"
# --- 2d audio and other streams
A() { FF -f lavfi -i "$(src $Z 24):duration=2" -f lavfi -i "sine=frequency=440:sample_rate=48000:duration=$2" $X264 -c:a "${3:-aac}" ${4:-} "$1"; }
A audio/same.mp4 2; c audio/same.mp4 video 48 24 ok audio
A audio/longer.mp4 5; c audio/longer.mp4 video 48 24 ok audio_longer "container 5 s, picture 2 s"
A audio/longer.mkv 5 libvorbis; c audio/longer.mkv video 48 24 ok audio_longer "mkv has only the container's duration: 5 s"
A audio/longer.webm 5 libopus "-c:v libvpx -deadline realtime -cpu-used 8"; c audio/longer.webm video 48 24 ok audio_longer
A audio/longer.avi 5 pcm_s16le; c audio/longer.avi video 48 24 ok audio_longer
A audio/shorter.mov 1 pcm_s16le; c audio/shorter.mov video 48 24 ok audio
A audio/longer.ts 5 mp2; c audio/longer.ts video 48 24 ok audio_longer
FF -f lavfi -i sine=d=3 -c:a aac audio/only.m4a; c audio/only.m4a audio 0 - ignore audio_only "" 3.000000
FF -f lavfi -i sine=d=3 -c:a aac audio/only_named.mp4; c audio/only_named.mp4 audio 0 - error audio_only "mp4 without a picture" 3.000000
FF -f lavfi -i sine=d=3 audio/track.wav; c audio/track.wav audio 0 - ignore audio_only "" 3.000000
FF -f lavfi -i "$(src $Z 1)" -frames:v 1 "$W/cover.jpg"
FF -i "$W/cover.jpg" -f lavfi -i sine=d=3 -map 0 -map 1 -c:v copy -c:a aac -disposition:v attached_pic audio/cover_only.m4a; c audio/cover_only.m4a audio 0 - ignore attached_pic "cover art is no video" 3.000000
FF -i container/plain.mp4 -i "$W/cover.jpg" -map 1 -map 0 -c copy -disposition:v:0 attached_pic audio/cover_first.mp4; c audio/cover_first.mp4 video 48 24 ok attached_pic "the cover is stream 0 or 1: skip it"
FF -i container/plain.mp4 -attach "$W/cover.jpg" -metadata:s:t mimetype=image/jpeg -c copy audio/attached.mkv; c audio/attached.mkv video 48 24 ok attached_pic
FF -f lavfi -i "$(src $Z 24):duration=2" -f lavfi -i "$(src 160x90 12):duration=1" -map 0 -map 1 $X264 audio/two_videos.mkv; c audio/two_videos.mkv video 48 24 ok two_videos "first / default track counts"
# --- 2e animated pictures
FF -f lavfi -i "$(src $Z 12.5)" -frames:v 25 anim/exact_8cs.gif; c anim/exact_8cs.gif anim 25 12.5 ok gif "" 2.000000
FF -f lavfi -i "$(src $Z 12)" -frames:v 24 anim/twelve.gif; c anim/twelve.gif anim 24 12 ok gif "delays are whole 1/100 s: 8,8,9,.. sum 2.01 s" 2.010000
FF -f lavfi -i "$(src $Z 24)" -frames:v 48 anim/twentyfour.gif; c anim/twentyfour.gif anim 48 24 ok gif "4,4,4,5,.. cs"
FF -f lavfi -i "$(src $Z 24)" -frames:v 1 anim/still.gif; c anim/still.gif still 1 - ok gif "one picture: a still (ffprobe: 0.1 s)" -
FF -f lavfi -i "$(src $Z 24)" -frames:v 48 -plays 0 anim/a.apng; c anim/a.apng anim 48 24 ok apng
cp anim/a.apng anim/apng_named.png; c anim/apng_named.png anim 48 24 ok apng "acTL chunk tells it from a still"
FF -f lavfi -i "$(src $Z 25)" -frames:v 50 -c:v libwebp_anim -lossless 0 -quality 40 anim/a.webp; c anim/a.webp anim 50 25 ok webp "FFmpeg < 9 cannot demux animated webp (skips ANMF)"
FF -f lavfi -i "$(src $Z 25)" -frames:v 1 -c:v libwebp anim/still.webp; c anim/still.webp still 1 - ok webp "" -
# --- 2f broken
sz=$(stat -c%s container/plain.mp4); head -c $((sz/2)) container/plain.mp4 >broken/truncated_no_moov.mp4; c broken/truncated_no_moov.mp4 none - - error truncated "moov was at the end" -
sz=$(stat -c%s container/faststart.mp4); head -c $((sz*6/10)) container/faststart.mp4 >broken/truncated_faststart.mp4; c broken/truncated_faststart.mp4 video 48 24 partial truncated "truncated: index says 48, the file ends before sample ~29"
sz=$(stat -c%s container/h264.mkv); head -c $((sz*6/10)) container/h264.mkv >broken/truncated.mkv; c broken/truncated.mkv video - 24 partial truncated "truncated: header says 2 s, clusters end earlier" -
sz=$(stat -c%s container/frag_every.mp4); head -c $((sz*6/10)) container/frag_every.mp4 >broken/truncated_frag.mp4; c broken/truncated_frag.mp4 video - 24 partial truncated "truncated: what is there is whole" -
sz=$(stat -c%s container/mjpeg.avi); head -c $((sz*6/10)) container/mjpeg.avi >broken/truncated.avi; c broken/truncated.avi video - 24 partial truncated "truncated: header says 48, no idx1" -
sz=$(stat -c%s container/h264.ts); head -c $((sz*6/10)) container/h264.ts >broken/truncated.ts; c broken/truncated.ts video - 24 partial truncated "nothing in the file tells; only the last PTS" -
: >broken/zero.mp4; c broken/zero.mp4 none - - error zero "" -
: >broken/zero.png; c broken/zero.png none - - error zero "" -
truncate -s 300000 broken/all_nul.mov; c broken/all_nul.mov none - - error zero "preallocated, not written (copy in progress)" -
cp container/plain.mp4 broken/really_mp4.mov; c broken/really_mp4.mov video 48 24 ok wrong_ext
cp container/h264.mkv broken/really_mkv.mp4; c broken/really_mkv.mp4 video 48 24 ok wrong_ext
cp container/prores.mov broken/no_extension; c broken/no_extension video 48 24 ok wrong_ext "found only if the scan sniffs files without extension"
FF -f lavfi -i "$(src $Z 1)" -frames:v 1 "$W/s.png"; cp "$W/s.png" broken/really_png.mp4; c broken/really_png.mp4 still 1 - ok wrong_ext "a still, not a 0.04 s video" -
echo "render log: frame 1 done" >broken/text.mp4; c broken/text.mp4 none - - error not_media "" -
head -c 200000 /dev/urandom >broken/random.mov; c broken/random.mov none - - error not_media "" -
(head -c 1000 container/plain.mp4; head -c $((sz)) /dev/urandom) >broken/corrupt_after_ftyp.mp4; c broken/corrupt_after_ftyp.mp4 none - - error not_media "" -
python3 - container/faststart.mp4 broken/bitflip_stts.mp4 2>/dev/null <<'PY' || cp container/faststart.mp4 broken/bitflip_stts.mp4
import sys; b=bytearray(open(sys.argv[1],'rb').read()); i=b.find(b'stts'); b[i+8:i+12]=b'\x7f\xff\xff\xff'; open(sys.argv[2],'wb').write(b)
PY
c broken/bitflip_stts.mp4 none - - error corrupt_index "stts entry count 2^31-1: must not allocate or loop" -
# --- 2g names and file types
for n in 'with space v001.mp4' 'ünïcødé_アニメ_v001.mp4' "quote'\"_v001.mp4" 'percent_%04d_v001.mp4' 'bracket[1-48]_v001.mp4' 'concat:a|b.mp4' 'http:__x.mp4' '-dash_first.mp4' '.hidden.mp4' 'UPPER_V001.MP4' 'semi;rm -rf $HOME.mp4' $'new\nline.mp4' "$(printf 'n%.0s' {1..250}).mp4" ; do
  cp container/plain.mp4 "names/$n"; ex=ok; [ "$n" = .hidden.mp4 ] && ex=ignore
  case $n in *$'\n'*) c 'names/new\nline.mp4' video 48 24 $ex name;; *) c "names/$n" video 48 24 $ex name;; esac
done
printf 'latin1\xe9.mp4' | { IFS= read -r n || true; cp container/plain.mp4 "names/$n"; }; c 'names/latin1\xe9.mp4' video 48 24 ok name "not UTF-8: keep the bytes, show U+FFFD"
cp container/plain.mp4 "$(printf 'names/nfd_e\xcc\x81.mp4')"; c "$(printf 'names/nfd_e\xcc\x81.mp4')" video 48 24 ok name "NFD (from macOS): match against NFC in the workbook"
mkdir -p names/folder_named.mp4; c names/folder_named.mp4 none - - ignore filetype "a directory" -
ln -sfn .. names/loop; c names/loop none - - ignore filetype "symlink loop: never descend twice (dev,ino)" -
ln -sfn /nonexistent/x.mp4 names/dangling.mp4; c names/dangling.mp4 none - - error filetype "dangling symlink" -
ln -sfn ../container/plain.mp4 names/link.mp4; c names/link.mp4 video 48 24 ok filetype "symlink to a file"
ln -f container/plain.mp4 names/hardlink.mp4; c names/hardlink.mp4 video 48 24 ok filetype "same inode twice: measure once"
rm -f names/fifo.mp4; mkfifo names/fifo.mp4; c names/fifo.mp4 none - - ignore filetype "opening would block for ever" -
for n in 'still_%04d.png' 'still[1-9].png'; do cp "$W/s.png" "names/$n"; c "names/$n" still 1 - ok name "image2 demuxer takes it for a pattern" -; done
touch names/.DS_Store names/Thumbs.db names/._plain.mp4 "names/~\$sheet.mp4" names/render.mp4.tmp names/render.mp4.part names/render.mp4.crdownload
for n in .DS_Store Thumbs.db ._plain.mp4 '~$sheet.mp4' render.mp4.tmp render.mp4.part render.mp4.crdownload; do c "names/$n" none - - ignore junk "" -; done
# --- 2h image sequences and stills
q() { # q DIR PATTERN FRAMES START [ffargs]  (fps 24)
  mkdir -p "$1"; FF -f lavfi -i "$(src 160x90 24)" -frames:v "$3" -start_number "$4" ${5:-} "$1/$2"; }
q seq/plain a.%04d.png 24 1001; c seq/plain/a.%04d.png sequence 24 24 ok seq "" "" 1001 1024 -
q seq/exr b_v003.%04d.exr 12 1 "-pix_fmt gbrpf32le"; c seq/exr/b_v003.%04d.exr sequence 12 24 ok seq "" "" 1 12 -
q seq/gaps c.%04d.jpg 24 1001; rm -f seq/gaps/c.{1003,1010,1011,1012}.jpg; c seq/gaps/c.%04d.jpg sequence 24 24 partial seq_gap missing_frames "" 1001 1024 1003,1010-1012
q seq/twos "$W/x.%04d.png" 1 1 2>/dev/null; for i in $(seq 1 2 47); do cp "$W/s.png" seq/twos/d.$(printf %04d $i).png; done; c seq/twos/d.%04d.png sequence 47 24 partial seq_step "every 2nd frame (1-47x2): rendered on twos, 24 drawings; or 23 missing" "" 1 47 2-46x2
mkdir -p seq/overflow; for i in $(seq 9990 10009); do cp "$W/s.png" seq/overflow/e.$i.png; done; c seq/overflow/e.%04d.png sequence 20 24 ok seq_pad "9999 -> 10000 is one sequence" "" 9990 10009 -
mkdir -p seq/nopad; for i in $(seq 1 30); do cp "$W/s.png" seq/nopad/f$i.png; done; c seq/nopad/f%d.png sequence 30 24 ok seq_pad "no padding, no separator" "" 1 30 -
mkdir -p seq/negative; for i in $(seq 1 5); do cp "$W/s.png" seq/negative/g.-000$i.png; done; for i in $(seq 0 9); do cp "$W/s.png" seq/negative/g.000$i.png; done; c seq/negative/g.%04d.png sequence 15 24 ok seq_negative "" "" -5 9 -
mkdir -p seq/versions; for i in 1 2 3 4; do cp "$W/s.png" seq/versions/shot_v00$i.png; done; for i in 1 2 3 4; do c seq/versions/shot_v00$i.png still 1 - ok seq_not "four versions of a still, not a 4-frame sequence" -; done
mkdir -p seq/dates; for i in 05 12 19; do cp "$W/s.png" seq/dates/board_202601$i.png; done; for i in 05 12 19; do c seq/dates/board_202601$i.png still 1 - ok seq_not "dates, not frames" -; done
mkdir -p seq/two_in_one; for i in $(seq 1001 1012); do cp "$W/s.png" seq/two_in_one/beauty.$i.png; cp "$W/s.png" seq/two_in_one/depth.$i.png; done; c seq/two_in_one/beauty.%04d.png sequence 12 24 ok seq "" "" 1001 1012 -; c seq/two_in_one/depth.%04d.png sequence 12 24 ok seq "another layer" "" 1001 1012 -
q seq/zero h.%04d.png 12 1; : >seq/zero/h.0007.png; c seq/zero/h.%04d.png sequence 12 24 partial seq_zero "bad_frames: 7 is empty" "" 1 12 -
q seq/dup i.%04d.png 12 1; cp seq/dup/i.0003.png seq/dup/i.003.png; c seq/dup/i.%04d.png sequence 12 24 ok seq_dup "frame 3 twice (0003, 003): count once" "" 1 12 -
q seq/case j.%04d.png 6 1; for i in 7 8 9; do cp "$W/s.png" seq/case/J.000$i.PNG; done; c seq/case/j.%04d.png sequence 9 24 ok seq_case "Windows render nodes: J.0007.PNG is the same sequence" "" 1 9 -
mkdir -p "seq/EP01 SC010 SH0020"; for i in $(seq 0 23); do cp "$W/s.png" "seq/EP01 SC010 SH0020/$(printf %04d $i).png"; done; c "seq/EP01 SC010 SH0020/%04d.png" sequence 24 24 ok seq_bare "bare numbers; identity is the folder" "" 0 23 -
mkdir -p seq/blender; for i in $(seq 1 24); do cp "$W/s.png" seq/blender/$(printf 'ep01_sc010_sh0020_v002_%04d' $i).png; done; c seq/blender/ep01_sc010_sh0020_v002_%04d.png sequence 24 24 ok seq "v002 is the version, the last number the frame" "" 1 24 -
mkdir -p seq/one; cp "$W/s.png" seq/one/k.1001.png; c seq/one/k.1001.png still 1 - ok seq_one "one file: still (or a 1-frame sequence); never 1001 frames" -
for x in png jpg tif bmp tga; do FF -f lavfi -i "$(src $Z 1)" -frames:v 1 still/board.$x; c still/board.$x still 1 - ok still "" -; done
FF -f lavfi -i "$(src $Z 1)" -frames:v 1 -pix_fmt gbrpf32le still/board.exr; c still/board.exr still 1 - ok still "" -
printf '8BPS\0\1' >still/paint.psd; c still/paint.psd none - - ignore still "work file, not media" -
# --- 2i hostile
printf '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n%s\n#EXT-X-ENDLIST\n' "$C/container/h264.ts" >evil/playlist.mp4; c evil/playlist.mp4 none - - error evil "HLS in .mp4: reads other files / urls" -
printf "ffconcat version 1.0\nfile '%s'\n" "$C/container/plain.mp4" >evil/ffconcat.mov; c evil/ffconcat.mov none - - error evil "reads other files" -
python3 - "$C" 2>/dev/null <<'PY' || true
import os,struct,sys
C=sys.argv[1]
def box(t,b): return struct.pack('>I4s',8+len(b),t)+b
x=b''
for _ in range(3000): x=box(b'moov',x)
open(C+'/evil/deep_boxes.mp4','wb').write(box(b'ftyp',b'isom\0\0\2\0isom')+x)
open(C+'/evil/huge_atom.mp4','wb').write(box(b'ftyp',b'isom\0\0\2\0isom')+struct.pack('>I4sQ',1,b'moov',1<<62)+b'\0'*64)
b=b''.join(b'\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0' for _ in range(100000))
open(C+'/evil/gif_100k_frames.gif','wb').write(b'GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff'+b''.join(b'\x21\xf9\4\0\4\0\0\0' for _ in range(1))+b+b';')
PY
for n in deep_boxes.mp4 huge_atom.mp4; do [ -f evil/$n ] && c evil/$n none - - error evil "bounded time, memory and recursion" -; done
[ -f evil/gif_100k_frames.gif ] && c evil/gif_100k_frames.gif anim 100000 - ok evil "100000 pictures in 1.5 MB, delays 0 except the first (0.04 s)" 0.040000 -
settle
n=$(($(wc -l <"$T")-1)); bad=$(tail -n +2 "$T" | while IFS=$'\t' read -r p k rest; do [ "$k" = sequence ] && continue; case $p in *'\'*) continue;; esac; [ -e "$OUT/$p" ] || [ -L "$OUT/$p" ] || echo "$p"; done)
[ -n "$bad" ] && { echo "MISSING:"; echo "$bad"; }
echo "$n items in $T, $(find "$OUT" -type f | wc -l) files, $(du -sh "$OUT" | cut -f1)"
