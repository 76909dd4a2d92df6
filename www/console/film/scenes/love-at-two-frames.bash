# Silent romance, 1911, kept on two frames a second: sepia, large pixels, title cards in serif.
name="Love at Two Frames per Second"
tagline="They met halfway through the picture. Then again."
duration_s=62
poster_s=27
quality=30

# A slow waltz on a music box: bass, chord, chord.
sound="0.06*exp(-3*mod(t,1.5))*sin(2*PI*131*pow(2,(5*eq(mod(floor(t/1.5),4),1)+7*eq(mod(floor(t/1.5),4),2))/12)*t)\
+0.03*gt(mod(t,1.5),0.5)*exp(-6*mod(mod(t,1.5)-0.5,0.5))*(sin(2*PI*330*t)+0.7*sin(2*PI*392*t))\
+0.03*exp(-3*mod(t,0.75))*sin(2*PI*523*pow(2,(4*eq(mod(floor(t/0.75),8),1)+7*eq(mod(floor(t/0.75),8),2)+5*eq(mod(floor(t/0.75),8),4)+2*eq(mod(floor(t/0.75),8),6))/12)*t)"

# Everything is one number of light, 0 to 255, on 80 x 45 pixels; the toning comes after.
# The lovers walk towards each other, pass, and turn round: at two frames a second one may miss it.
picture() {
  cat <<GRAPH
color=c=black:s=80x45:r=2,format=gray,geq=
lum='st(0,40+28*cos(PI*T/30));st(1,40-28*cos(PI*T/30));st(2,mod(floor(T*2),2));
st(3,hypot(X-40,(Y-24)));
st(4,if(lt(Y,29),clip(96+3.1*Y+70*lt(ld(3),13)*(1-0.9*(eq(mod(Y,5),0)*gt(Y,18))),0,245),
 70+34*gt(sin(X*0.9+Y*2.3+T*2.1)+sin(X*0.37-T*1.3),0.9)+90*lt(abs(X-40),(Y-27)*0.8)*gt(sin(Y*2+T*3+X*0.8),-0.2)));
st(5,gt(Y,35+1.2*sin(X/9)));
st(6,lt(hypot(X-ld(0),Y-26),2.3)+lt(abs(X-ld(0)),1.6)*between(Y,28,33)+lt(abs(abs(X-ld(0))-1-ld(2)*0.8),0.9)*between(Y,33,36)+lt(abs(X-ld(0)),3.2)*eq(Y,24)+lt(abs(X-ld(0)),1.7)*between(Y,21,24));
st(7,lt(hypot(X-ld(1),Y-27),2.1)+lt(abs(X-ld(1)),(Y-27)*0.42)*between(Y,28,36)+lt(hypot(X-ld(1)-2,Y-25),1.6));
if(gt(ld(6)+ld(7),0),18,if(ld(5),42+10*mod(X+Y,2),ld(4)))',
scale=640:360:flags=neighbor+accurate_rnd+bitexact,fps=25,
GRAPH
}

# A card with words: the silent picture explains itself. card <from> <to> <line> [<line>]
card() {
  local enable="between(t,$1,$2)"
  printf "drawbox=x=0:y=0:w=640:h=360:color=0x14100c:t=fill:enable='%s'," "$enable"
  printf "drawbox=x=34:y=30:w=572:h=300:color=0xe9d8b4:t=2:enable='%s'," "$enable"
  printf "drawbox=x=42:y=38:w=556:h=284:color=0xe9d8b4@0.5:t=1:enable='%s'," "$enable"
  words "$SERIF" 27 '0xF3E6C8' '(w-tw)/2' "$([ $# -gt 3 ] && echo 128 || echo 148)" "$enable" "$3"
  if [ $# -gt 3 ]; then
    printf ','
    words "$SERIF" 27 '0xF3E6C8' '(w-tw)/2' 172 "$enable" "$4"
  fi
}

scene() {
  picture
  cat <<GRAPH
format=gbrp,lutrgb=r='clip(val*1.10+8,0,255)':g='clip(val*0.90+2,0,255)':b='clip(val*0.64,0,255)',vignette=angle=PI/4.6,
$(card 0 4 'LOVE AT TWO FRAMES' 'PER SECOND'),
$(card 8 11 '"I have seen you somewhere."'),
$(card 18.5 21.5 '"Only every half second, sir."'),
$(card 31 34 'They meet.' 'It is over at once.'),
$(card 41 44 '"Shall we do it again?"'),
$(card 51 53.5 '"Rewind," she whispered.'),
$(card 58 62 'FIN' '(124 frames)'),
$(clock '0xF3E6C8' '0x14100c@0.85'),format=yuv420p[film]
GRAPH
}
