# Comic book, 1962: flat teal sky, halftone dots, and a test card that grows taller than the town.
name="Attack of the 50 Foot Test Card"
tagline="No city is calibrated for this."
duration_s=66
poster_s=44
quality=36

# A march of low notes; every third second the card says the only word it knows, 1 kHz, softly.
sound="0.06*exp(-5*mod(t,0.5))*sin(2*PI*98*pow(2,(5*eq(mod(floor(2*t),4),2)+7*eq(mod(floor(2*t),8),6))/12)*t)\
+0.03*exp(-9*mod(t+0.25,0.5))*sin(2*PI*294*t)\
+0.028*gt(mod(t,3),2.6)*sin(2*PI*1000*t)*min(1,40*(mod(t,3)-2.6))*min(1,40*(3-mod(t,3)))"

# How tall the card stands, in pixels.
HEIGHT="(52+3.4*t+5*sin(3*t))"

sky() {
  cat <<GRAPH
color=c=black:s=640x360:r=25:d=0.04,format=gbrp,geq=
r='st(0,lt(hypot(mod(X+10*mod(floor(Y/20),2),20)-10,mod(Y,20)-10),9*pow(Y/360,0.8)));st(1,mod(floor(8+atan2(Y-330,X-320)/PI*24),2));if(ld(0),250,34+26*ld(1))':
g='st(0,lt(hypot(mod(X+10*mod(floor(Y/20),2),20)-10,mod(Y,20)-10),9*pow(Y/360,0.8)));st(1,mod(floor(8+atan2(Y-330,X-320)/PI*24),2));if(ld(0),214,150+24*ld(1))':
b='st(0,lt(hypot(mod(X+10*mod(floor(Y/20),2),20)-10,mod(Y,20)-10),9*pow(Y/360,0.8)));st(1,mod(floor(8+atan2(Y-330,X-320)/PI*24),2));if(ld(0),120,160+20*ld(1))',
loop=-1:1,setpts=N/(25*TB)[sky];
GRAPH
}

town() {
  cat <<GRAPH
color=c=black:s=640x360:r=25:d=0.04,format=gbrap,geq=
r='st(0,floor(X/44));st(1,mod(ld(0),3));st(2,lt(abs(mod(X,22)-11),5)*lt(abs(mod(Y,20)-10),6)*gt(Y,286));if(ld(2),40,if(lt(mod(X,44),2),20,150+50*ld(1)-60*eq(ld(1),2)))':
g='st(0,floor(X/44));st(1,mod(ld(0),3));st(2,lt(abs(mod(X,22)-11),5)*lt(abs(mod(Y,20)-10),6)*gt(Y,286));if(ld(2),40,if(lt(mod(X,44),2),20,50+40*ld(1)))':
b='st(0,floor(X/44));st(1,mod(ld(0),3));st(2,lt(abs(mod(X,22)-11),5)*lt(abs(mod(Y,20)-10),6)*gt(Y,286));if(ld(2),70,if(lt(mod(X,44),2),20,52+30*ld(1)))':
a='st(0,floor(X/44));st(3,262+18*mod(ld(0)*5,3)-abs(mod(X,44)-22)*0.9*eq(mod(ld(0),2),0)+10);255*gt(Y,ld(3))',
loop=-1:1,setpts=N/(25*TB)[town];
GRAPH
}

# The card: colour bars, a circle, and a temper.
card() {
  cat <<GRAPH
smptebars=s=320x240:r=25:d=0.04,format=gbrp,
drawbox=x=0:y=0:w=320:h=240:color=black:t=7,
drawbox=x=72:y=74:w=66:h=42:color=white:t=fill,drawbox=x=72:y=74:w=66:h=42:color=black:t=6,
drawbox=x=182:y=74:w=66:h=42:color=white:t=fill,drawbox=x=182:y=74:w=66:h=42:color=black:t=6,
drawbox=x=112:y=88:w=18:h=22:color=black:t=fill,drawbox=x=190:y=88:w=18:h=22:color=black:t=fill,
drawbox=x=96:y=140:w=128:h=42:color=black:t=fill,
drawbox=x=104:y=148:w=16:h=14:color=white:t=fill,drawbox=x=136:y=148:w=16:h=14:color=white:t=fill,drawbox=x=168:y=148:w=16:h=14:color=white:t=fill,drawbox=x=200:y=148:w=16:h=14:color=white:t=fill,
pad=320:320:0:0:color=0xFF00FF,
drawbox=x=70:y=240:w=26:h=80:color=black:t=fill,drawbox=x=224:y=240:w=26:h=80:color=black:t=fill,
format=gbrap,colorkey=0xFF00FF:0.08:0,loop=-1:1,setpts=N/(25*TB),
scale=w='2*trunc($HEIGHT/2)':h='2*trunc($HEIGHT/2)':eval=frame:flags=bilinear+accurate_rnd+bitexact[card];
GRAPH
}

beep() {
  words "$SANS" 34 '0xFFF200' '(w-tw)/2+150*sin(7*floor(t/3))' '64+20*sin(5*floor(t/3))' 'gt(mod(t,3),2.6)*gt(t,7)' 'BEEEEP!'
  printf ':borderw=5:bordercolor=0xC0261B'
}

scene() {
  sky
  town
  card
  cat <<GRAPH
[sky][card]overlay=format=gbrp:eval=frame:x='(W-w)/2+120*sin(0.22*t)':y='322-h-abs(8*sin(3*t))'[a];
[a][town]overlay=format=gbrp:y='5*gt(mod(t,1),0.86)*gt(t,9)',
$(beep),
$(words "$SANS" 34 '0xFFF200' '(w-tw)/2' '34' 'lt(t,6)' 'ATTACK OF THE'):borderw=5:bordercolor=black,
$(words "$SANS" 46 '0xFF3B2F' '(w-tw)/2' '78' 'between(t,0.7,6)' '50 FOOT TEST CARD'):borderw=5:bordercolor=black,
$(caption 8 12.5 'Nothing is on tonight, Doris. Nothing at all.'),
$(caption 13 17.5 'Then what is THAT, on the hill?'),
$(caption 19 24 'Sixteen shades of terror, ma am. Seven of them in colour.'),
$(caption 25 30 'Our rifles are useless! It has no programme!'),
$(caption 32 37 'Adjust your sets! ADJUST YOUR SETS!'),
$(caption 39 43 'I did. It only grew sharper.'),
$(words "$SANS" 25 white 'w-190*(t-45)' '270' 'between(t,45,51)' 'Normal service will NOT be resumed!'):borderw=4:bordercolor=black,
$(caption 52 57 'It only wanted to be watched, Doris.'),
$(caption 58 61 'For exactly one thousand hertz.'),
$(words "$SANS" 44 white '(w-tw)/2' '40' 'gt(t,61.5)' 'CLOSEDOWN'):borderw=5:bordercolor=black,
$(clock '0xFFF200' '0x101820@0.85'),format=yuv420p[film]
GRAPH
}
