# Horror, 1958: green slime over a purple city. The slime is a field of five balls, drawn small and
# enlarged, whose threshold is its skin.
name="The Blob That Buffered"
tagline="It came from a slow connection."
duration_s=75
poster_s=3
quality=33

# A drone, a creeping bass note every second and a theremin that cannot settle.
sound="0.05*sin(2*PI*55*t)*(0.7+0.3*sin(0.7*t))\
+0.07*exp(-4*mod(t,1))*sin(2*PI*110*pow(2,(3*mod(floor(t),4)-4*gte(mod(floor(t),8),4))/12)*t)\
+0.022*sin(2*PI*392*t+9*sin(2*PI*0.31*t)+2.4*sin(2*PI*5.1*t))*(0.5+0.5*sin(0.43*t))\
+0.05*exp(-60*mod(t,1))*sin(2*PI*880*t)"

# Where the slime's middle is at a time, in a picture 640 wide.
MIDDLE_X="(320+96*sin(0.31*t))"
MIDDLE_Y="(212-0.9*t+16*sin(0.9*t))"

sky() {
  cat <<GRAPH
color=c=black:s=640x360:r=25:d=0.04,format=gbrp,geq=
r='st(0,Y/360);st(1,gt(sin(X*91.7+Y*47.3)*cos(X*12.9-Y*78.2),0.9985)*lt(Y,230));26+120*pow(ld(0),2.2)+200*ld(1)+170*lt(hypot(X-520,Y-72),38)':
g='st(0,Y/360);st(1,gt(sin(X*91.7+Y*47.3)*cos(X*12.9-Y*78.2),0.9985)*lt(Y,230));10+40*pow(ld(0),3)+200*ld(1)+165*lt(hypot(X-520,Y-72),38)':
b='st(0,Y/360);st(1,gt(sin(X*91.7+Y*47.3)*cos(X*12.9-Y*78.2),0.9985)*lt(Y,230));62+46*(1-ld(0))+140*ld(1)+90*lt(hypot(X-520,Y-72),38)',
loop=-1:1,setpts=N/(25*TB)[sky];
GRAPH
}

# A street of houses: the height belongs to the column, one window in three is awake.
city() {
  cat <<GRAPH
color=c=black:s=640x360:r=25:d=0.04,format=gbrap,geq=
r='st(0,floor(X/32));st(1,360-70-floor(58*abs(sin(ld(0)*2.7)+0.6*sin(ld(0)*7.1))));st(2,lt(mod(X,8),4)*lt(mod(Y,12),6)*gt(sin(floor(X/8)*13.7+floor(Y/12)*71.3),0.35)*gt(Y,ld(1)+6)*gt(mod(X,32),3));14+230*ld(2)':
g='st(0,floor(X/32));st(1,360-70-floor(58*abs(sin(ld(0)*2.7)+0.6*sin(ld(0)*7.1))));st(2,lt(mod(X,8),4)*lt(mod(Y,12),6)*gt(sin(floor(X/8)*13.7+floor(Y/12)*71.3),0.35)*gt(Y,ld(1)+6)*gt(mod(X,32),3));8+180*ld(2)':
b='st(0,floor(X/32));st(1,360-70-floor(58*abs(sin(ld(0)*2.7)+0.6*sin(ld(0)*7.1))));st(2,lt(mod(X,8),4)*lt(mod(Y,12),6)*gt(sin(floor(X/8)*13.7+floor(Y/12)*71.3),0.35)*gt(Y,ld(1)+6)*gt(mod(X,32),3));26+50*ld(2)':
a='st(0,floor(X/32));255*gt(Y,360-70-floor(58*abs(sin(ld(0)*2.7)+0.6*sin(ld(0)*7.1))))',
loop=-1:1,setpts=N/(25*TB)[city];
GRAPH
}

slime() {
  # geq counts time in T; the balls grow all film long.
  cat <<GRAPH
color=c=black:s=128x72:r=25,format=gray,geq=
lum='st(0,(320+96*sin(0.31*T))/5);st(1,(212-0.9*T+16*sin(0.9*T))/5);st(2,1+T/50);
clip(128*ld(2)*(190/(4+pow(X-ld(0),2)+pow(Y-ld(1),2)*1.3)
+60/(4+pow(X-ld(0)-24*sin(0.8*T),2)+pow(Y-ld(1)-9*cos(1.1*T),2))
+60/(4+pow(X-ld(0)+22*sin(0.6*T+1),2)+pow(Y-ld(1)-10*sin(0.9*T),2))
+42/(4+pow(X-ld(0)-13*cos(1.3*T),2)+pow(Y-ld(1)+15*sin(0.5*T+2),2))
+90/(9+pow(X-ld(0)-5*sin(T),2)+pow(Y-66,2))),0,255)',
scale=640:360:flags=bicubic+accurate_rnd+bitexact,format=gray,split[skin][depth];
[depth]lut=y='clip((val-96)*14,0,255)'[edge];
[skin]format=gbrp,lutrgb=r='clip((val-150)*1.5,18,190)':g='clip(40+(val-80)*1.4,60,245)':b='clip(30+(val-190)*1.2,34,96)'[flesh];
[flesh][edge]alphamerge[slime];
GRAPH
}

# Its eyes, and the wheel that turns in its belly.
face() {
  cat <<GRAPH
color=c=white:s=34x34:r=25:d=0.04,format=gbrap,geq=r='255*lt(hypot(X-17,Y-17),13)':g='255*lt(hypot(X-17,Y-17),13)':b='235*lt(hypot(X-17,Y-17),13)':a='255*lt(hypot(X-17,Y-17),16)',loop=-1:1,setpts=N/(25*TB),split[eyeleft][eyeright];
color=c=black:s=12x12:r=25:d=0.04,format=gbrap,geq=r=40:g=0:b=20:a='255*lt(hypot(X-6,Y-6),6)',loop=-1:1,setpts=N/(25*TB),split[pupilleft][pupilright];
color=c=white:s=72x72:r=25,format=gray,geq=lum='st(0,hypot(X-36,Y-36));st(1,floor((atan2(Y-36,X-36)+PI)/(2*PI)*8));st(2,(ld(1)+0.5)*2*PI/8-PI);255*lt(hypot(X-36-25*cos(ld(2)),Y-36-25*sin(ld(2))),7)*(1-mod(8+floor(T*8)-ld(1),8)/9)'[spin];
color=c=0x0B3D12:s=72x72:r=25[dark];[dark][spin]alphamerge[wheel];
GRAPH
}

scene() {
  sky
  city
  slime
  face
  cat <<GRAPH
[sky][slime]overlay=format=gbrp:shortest=0[a];
[a][city]overlay=format=gbrp:y='4*gt(t,40)*abs(sin(31*t))'[b];
[b][eyeleft]overlay=format=gbrp:x='$MIDDLE_X-46':y='$MIDDLE_Y-44'[c];
[c][eyeright]overlay=format=gbrp:x='$MIDDLE_X+14':y='$MIDDLE_Y-48'[d];
[d][pupilleft]overlay=format=gbrp:x='$MIDDLE_X-35+6*sin(1.7*t)':y='$MIDDLE_Y-33+4*cos(1.1*t)'[e];
[e][pupilright]overlay=format=gbrp:x='$MIDDLE_X+25+6*sin(1.7*t)':y='$MIDDLE_Y-37+4*cos(1.1*t)'[f];
[f][wheel]overlay=format=gbrp:x='$MIDDLE_X-38':y='$MIDDLE_Y-4',
$(words "$SANS" 62 '0xB6FF3C' '(w-tw)/2' '52' 'lt(t,5.5)' 'THE BLOB'):borderw=5:bordercolor=0x1A0430,
$(words "$SANS" 40 '0xFF5A47' '(w-tw)/2' '122' 'between(t,0.8,5.5)' 'THAT BUFFERED'):borderw=4:bordercolor=0x1A0430,
$(caption 7 12 'Sheriff! It is at 99 percent. It has been since Tuesday.'),
$(caption 13 18 'Stay calm. Nobody press reload.'),
$(words "$SANS" 26 white 'w-170*(t-18)' '296+4*sin(9*t)' 'between(t,18,24)' 'AAAAAH!  He pressed reload!'):borderw=3:bordercolor=black,
$(caption 25 30 'Professor, what does it want?'),
$(caption 31 36 'Bandwidth, my dear. It feeds on bandwidth.'),
$(caption 38 43 'Then we shall lower the resolution!'),
$(caption 44 49 'Not the resolution... not in front of the children!'),
$(words "$SANS" 30 '0xB6FF3C' '(w-tw)/2+3*sin(40*t)' '40' 'between(t,50,55)' 'STILL LOADING...'):borderw=4:bordercolor=0x1A0430,
$(caption 56 61 'It is no use. We must do what it cannot.'),
$(caption 62 66 'We must wait.'),
$(words "$SANS" 44 white '(w-tw)/2' '70' 'gt(t,68)' 'THE END'):borderw=4:bordercolor=0x1A0430,
$(words "$SANS" 22 '0xB6FF3C' '(w-tw)/2' '126' 'gt(t,69.5)' '(99 percent)'):borderw=3:bordercolor=0x1A0430,
$(clock '0xB6FF3C' '0x12031F@0.8'),format=yuv420p[film]
GRAPH
}
