# Letters in the picture: each function prints one drawtext step of a filter graph.
# Times are in seconds of the film. $SANS, $MONO, $SERIF are font files, set by `make`.

# A caption under the picture, as a subtitle would stand: caption <from> <to> <text>
caption() {
  printf "drawtext=fontfile='%s':text='%s':fontsize=19:fontcolor=white:borderw=3:bordercolor=black@0.85" "$SANS" "$3"
  printf ":x=(w-tw)/2:y=h-th-58:enable='between(t,%s,%s)'" "$1" "$2"
}

# Words anywhere: words <font> <size> <colour> <x> <y> <enable> <text>
words() {
  printf "drawtext=fontfile='%s':fontsize=%s:fontcolor=%s:x='%s':y='%s':enable='%s':text='%s'" \
    "$1" "$2" "$3" "$4" "$5" "$6" "$7"
}

# The running clock, mm:ss.mmm. It counts frames, so it is what the frame shows and never rounds.
clock() {
  local colour=$1 back=$2 frame_ms=$((1000 / FRAMES_PER_SECOND))
  printf "drawtext=fontfile='%s':fontsize=34:fontcolor=%s:box=1:boxcolor=%s:boxborderw=7:x=w-tw-16:y=h-th-14" \
    "$MONO" "$colour" "$back"
  printf ":text='%%{eif\\:floor(n/%d)\\:d\\:2}\\:%%{eif\\:mod(floor(n/%d)\\,60)\\:d\\:2}.%%{eif\\:mod(n*%d\\,1000)\\:d\\:3}'" \
    $((60 * FRAMES_PER_SECOND)) "$FRAMES_PER_SECOND" "$frame_ms"
}
