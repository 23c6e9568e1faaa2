// Made by scripts/card from card/src: changes made here are lost. Contains Lit (BSD-3-Clause, Google LLC).
var q=globalThis,B=q.ShadowRoot&&(q.ShadyCSS===void 0||q.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,de=Symbol(),Ne=new WeakMap,H=class{constructor(t,e,n){if(this._$cssResult$=!0,n!==de)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=t,this.t=e}get styleSheet(){let t=this.o,e=this.t;if(B&&t===void 0){let n=e!==void 0&&e.length===1;n&&(t=Ne.get(e)),t===void 0&&((this.o=t=new CSSStyleSheet).replaceSync(this.cssText),n&&Ne.set(e,t))}return t}toString(){return this.cssText}},je=i=>new H(typeof i=="string"?i:i+"",void 0,de),k=(i,...t)=>{let e=i.length===1?i[0]:t.reduce((n,o,r)=>n+(s=>{if(s._$cssResult$===!0)return s.cssText;if(typeof s=="number")return s;throw Error("Value passed to 'css' function must be a 'css' function result: "+s+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(o)+i[r+1],i[0]);return new H(e,i,de)},ze=(i,t)=>{if(B)i.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let e of t){let n=document.createElement("style"),o=q.litNonce;o!==void 0&&n.setAttribute("nonce",o),n.textContent=e.cssText,i.appendChild(n)}},ce=B?i=>i:i=>i instanceof CSSStyleSheet?(t=>{let e="";for(let n of t.cssRules)e+=n.cssText;return je(e)})(i):i;var{is:Dt,defineProperty:Lt,getOwnPropertyDescriptor:Ut,getOwnPropertyNames:It,getOwnPropertySymbols:Vt,getPrototypeOf:Jt}=Object,Y=globalThis,De=Y.trustedTypes,Wt=De?De.emptyScript:"",Ft=Y.reactiveElementPolyfillSupport,N=(i,t)=>i,le={toAttribute(i,t){switch(t){case Boolean:i=i?Wt:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,t){let e=i;switch(t){case Boolean:e=i!==null;break;case Number:e=i===null?null:Number(i);break;case Object:case Array:try{e=JSON.parse(i)}catch{e=null}}return e}},Ue=(i,t)=>!Dt(i,t),Le={attribute:!0,type:String,converter:le,reflect:!1,useDefault:!1,hasChanged:Ue};Symbol.metadata??=Symbol("metadata"),Y.litPropertyMetadata??=new WeakMap;var b=class extends HTMLElement{static addInitializer(t){this._$Ei(),(this.l??=[]).push(t)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(t,e=Le){if(e.state&&(e.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(t)&&((e=Object.create(e)).wrapped=!0),this.elementProperties.set(t,e),!e.noAccessor){let n=Symbol(),o=this.getPropertyDescriptor(t,n,e);o!==void 0&&Lt(this.prototype,t,o)}}static getPropertyDescriptor(t,e,n){let{get:o,set:r}=Ut(this.prototype,t)??{get(){return this[e]},set(s){this[e]=s}};return{get:o,set(s){let d=o?.call(this);r?.call(this,s),this.requestUpdate(t,d,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(t){return this.elementProperties.get(t)??Le}static _$Ei(){if(this.hasOwnProperty(N("elementProperties")))return;let t=Jt(this);t.finalize(),t.l!==void 0&&(this.l=[...t.l]),this.elementProperties=new Map(t.elementProperties)}static finalize(){if(this.hasOwnProperty(N("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(N("properties"))){let e=this.properties,n=[...It(e),...Vt(e)];for(let o of n)this.createProperty(o,e[o])}let t=this[Symbol.metadata];if(t!==null){let e=litPropertyMetadata.get(t);if(e!==void 0)for(let[n,o]of e)this.elementProperties.set(n,o)}this._$Eh=new Map;for(let[e,n]of this.elementProperties){let o=this._$Eu(e,n);o!==void 0&&this._$Eh.set(o,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(t){let e=[];if(Array.isArray(t)){let n=new Set(t.flat(1/0).reverse());for(let o of n)e.unshift(ce(o))}else t!==void 0&&e.push(ce(t));return e}static _$Eu(t,e){let n=e.attribute;return n===!1?void 0:typeof n=="string"?n:typeof t=="string"?t.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(t=>t(this))}addController(t){(this._$EO??=new Set).add(t),this.renderRoot!==void 0&&this.isConnected&&t.hostConnected?.()}removeController(t){this._$EO?.delete(t)}_$E_(){let t=new Map,e=this.constructor.elementProperties;for(let n of e.keys())this.hasOwnProperty(n)&&(t.set(n,this[n]),delete this[n]);t.size>0&&(this._$Ep=t)}createRenderRoot(){let t=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return ze(t,this.constructor.elementStyles),t}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(t=>t.hostConnected?.())}enableUpdating(t){}disconnectedCallback(){this._$EO?.forEach(t=>t.hostDisconnected?.())}attributeChangedCallback(t,e,n){this._$AK(t,n)}_$ET(t,e){let n=this.constructor.elementProperties.get(t),o=this.constructor._$Eu(t,n);if(o!==void 0&&n.reflect===!0){let r=(n.converter?.toAttribute!==void 0?n.converter:le).toAttribute(e,n.type);this._$Em=t,r==null?this.removeAttribute(o):this.setAttribute(o,r),this._$Em=null}}_$AK(t,e){let n=this.constructor,o=n._$Eh.get(t);if(o!==void 0&&this._$Em!==o){let r=n.getPropertyOptions(o),s=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:le;this._$Em=o;let d=s.fromAttribute(e,r.type);this[o]=d??this._$Ej?.get(o)??d,this._$Em=null}}requestUpdate(t,e,n,o=!1,r){if(t!==void 0){let s=this.constructor;if(o===!1&&(r=this[t]),n??=s.getPropertyOptions(t),!((n.hasChanged??Ue)(r,e)||n.useDefault&&n.reflect&&r===this._$Ej?.get(t)&&!this.hasAttribute(s._$Eu(t,n))))return;this.C(t,e,n)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(t,e,{useDefault:n,reflect:o,wrapped:r},s){n&&!(this._$Ej??=new Map).has(t)&&(this._$Ej.set(t,s??e??this[t]),r!==!0||s!==void 0)||(this._$AL.has(t)||(this.hasUpdated||n||(e=void 0),this._$AL.set(t,e)),o===!0&&this._$Em!==t&&(this._$Eq??=new Set).add(t))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let t=this.scheduleUpdate();return t!=null&&await t,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[o,r]of this._$Ep)this[o]=r;this._$Ep=void 0}let n=this.constructor.elementProperties;if(n.size>0)for(let[o,r]of n){let{wrapped:s}=r,d=this[o];s!==!0||this._$AL.has(o)||d===void 0||this.C(o,void 0,r,d)}}let t=!1,e=this._$AL;try{t=this.shouldUpdate(e),t?(this.willUpdate(e),this._$EO?.forEach(n=>n.hostUpdate?.()),this.update(e)):this._$EM()}catch(n){throw t=!1,this._$EM(),n}t&&this._$AE(e)}willUpdate(t){}_$AE(t){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(t)),this.updated(t)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(t){return!0}update(t){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(t){}firstUpdated(t){}};b.elementStyles=[],b.shadowRootOptions={mode:"open"},b[N("elementProperties")]=new Map,b[N("finalized")]=new Map,Ft?.({ReactiveElement:b}),(Y.reactiveElementVersions??=[]).push("2.1.2");var _e=globalThis,Ie=i=>i,G=_e.trustedTypes,Ve=G?G.createPolicy("lit-html",{createHTML:i=>i}):void 0,Ye="$lit$",v=`lit$${Math.random().toFixed(9).slice(2)}$`,Ge="?"+v,qt=`<${Ge}>`,S=document,z=()=>S.createComment(""),D=i=>i===null||typeof i!="object"&&typeof i!="function",ye=Array.isArray,Bt=i=>ye(i)||typeof i?.[Symbol.iterator]=="function",he=`[ 	
\f\r]`,j=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Je=/-->/g,We=/>/g,$=RegExp(`>|${he}(?:([^\\s"'>=/]+)(${he}*=${he}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Fe=/'/g,qe=/"/g,Ke=/^(?:script|style|textarea|title)$/i,we=i=>(t,...e)=>({_$litType$:i,strings:t,values:e}),h=we(1),y=we(2),Xn=we(3),E=Symbol.for("lit-noChange"),u=Symbol.for("lit-nothing"),Be=new WeakMap,A=S.createTreeWalker(S,129);function Xe(i,t){if(!ye(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return Ve!==void 0?Ve.createHTML(t):t}var Yt=(i,t)=>{let e=i.length-1,n=[],o,r=t===2?"<svg>":t===3?"<math>":"",s=j;for(let d=0;d<e;d++){let a=i[d],c,p,l=-1,m=0;for(;m<a.length&&(s.lastIndex=m,p=s.exec(a),p!==null);)m=s.lastIndex,s===j?p[1]==="!--"?s=Je:p[1]!==void 0?s=We:p[2]!==void 0?(Ke.test(p[2])&&(o=RegExp("</"+p[2],"g")),s=$):p[3]!==void 0&&(s=$):s===$?p[0]===">"?(s=o??j,l=-1):p[1]===void 0?l=-2:(l=s.lastIndex-p[2].length,c=p[1],s=p[3]===void 0?$:p[3]==='"'?qe:Fe):s===qe||s===Fe?s=$:s===Je||s===We?s=j:(s=$,o=void 0);let g=s===$&&i[d+1].startsWith("/>")?" ":"";r+=s===j?a+qt:l>=0?(n.push(c),a.slice(0,l)+Ye+a.slice(l)+v+g):a+v+(l===-2?d:g)}return[Xe(i,r+(i[e]||"<?>")+(t===2?"</svg>":t===3?"</math>":"")),n]},L=class i{constructor({strings:t,_$litType$:e},n){let o;this.parts=[];let r=0,s=0,d=t.length-1,a=this.parts,[c,p]=Yt(t,e);if(this.el=i.createElement(c,n),A.currentNode=this.el.content,e===2||e===3){let l=this.el.content.firstChild;l.replaceWith(...l.childNodes)}for(;(o=A.nextNode())!==null&&a.length<d;){if(o.nodeType===1){if(o.hasAttributes())for(let l of o.getAttributeNames())if(l.endsWith(Ye)){let m=p[s++],g=o.getAttribute(l).split(v),_=/([.?@])?(.*)/.exec(m);a.push({type:1,index:r,name:_[2],strings:g,ctor:_[1]==="."?pe:_[1]==="?"?me:_[1]==="@"?fe:R}),o.removeAttribute(l)}else l.startsWith(v)&&(a.push({type:6,index:r}),o.removeAttribute(l));if(Ke.test(o.tagName)){let l=o.textContent.split(v),m=l.length-1;if(m>0){o.textContent=G?G.emptyScript:"";for(let g=0;g<m;g++)o.append(l[g],z()),A.nextNode(),a.push({type:2,index:++r});o.append(l[m],z())}}}else if(o.nodeType===8)if(o.data===Ge)a.push({type:2,index:r});else{let l=-1;for(;(l=o.data.indexOf(v,l+1))!==-1;)a.push({type:7,index:r}),l+=v.length-1}r++}}static createElement(t,e){let n=S.createElement("template");return n.innerHTML=t,n}};function M(i,t,e=i,n){if(t===E)return t;let o=n!==void 0?e._$Co?.[n]:e._$Cl,r=D(t)?void 0:t._$litDirective$;return o?.constructor!==r&&(o?._$AO?.(!1),r===void 0?o=void 0:(o=new r(i),o._$AT(i,e,n)),n!==void 0?(e._$Co??=[])[n]=o:e._$Cl=o),o!==void 0&&(t=M(i,o._$AS(i,t.values),o,n)),t}var ue=class{constructor(t,e){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=e}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(t){let{el:{content:e},parts:n}=this._$AD,o=(t?.creationScope??S).importNode(e,!0);A.currentNode=o;let r=A.nextNode(),s=0,d=0,a=n[0];for(;a!==void 0;){if(s===a.index){let c;a.type===2?c=new U(r,r.nextSibling,this,t):a.type===1?c=new a.ctor(r,a.name,a.strings,this,t):a.type===6&&(c=new ge(r,this,t)),this._$AV.push(c),a=n[++d]}s!==a?.index&&(r=A.nextNode(),s++)}return A.currentNode=S,o}p(t){let e=0;for(let n of this._$AV)n!==void 0&&(n.strings!==void 0?(n._$AI(t,n,e),e+=n.strings.length-2):n._$AI(t[e])),e++}},U=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,e,n,o){this.type=2,this._$AH=u,this._$AN=void 0,this._$AA=t,this._$AB=e,this._$AM=n,this.options=o,this._$Cv=o?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode,e=this._$AM;return e!==void 0&&t?.nodeType===11&&(t=e.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,e=this){t=M(this,t,e),D(t)?t===u||t==null||t===""?(this._$AH!==u&&this._$AR(),this._$AH=u):t!==this._$AH&&t!==E&&this._(t):t._$litType$!==void 0?this.$(t):t.nodeType!==void 0?this.T(t):Bt(t)?this.k(t):this._(t)}O(t){return this._$AA.parentNode.insertBefore(t,this._$AB)}T(t){this._$AH!==t&&(this._$AR(),this._$AH=this.O(t))}_(t){this._$AH!==u&&D(this._$AH)?this._$AA.nextSibling.data=t:this.T(S.createTextNode(t)),this._$AH=t}$(t){let{values:e,_$litType$:n}=t,o=typeof n=="number"?this._$AC(t):(n.el===void 0&&(n.el=L.createElement(Xe(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===o)this._$AH.p(e);else{let r=new ue(o,this),s=r.u(this.options);r.p(e),this.T(s),this._$AH=r}}_$AC(t){let e=Be.get(t.strings);return e===void 0&&Be.set(t.strings,e=new L(t)),e}k(t){ye(this._$AH)||(this._$AH=[],this._$AR());let e=this._$AH,n,o=0;for(let r of t)o===e.length?e.push(n=new i(this.O(z()),this.O(z()),this,this.options)):n=e[o],n._$AI(r),o++;o<e.length&&(this._$AR(n&&n._$AB.nextSibling,o),e.length=o)}_$AR(t=this._$AA.nextSibling,e){for(this._$AP?.(!1,!0,e);t!==this._$AB;){let n=Ie(t).nextSibling;Ie(t).remove(),t=n}}setConnected(t){this._$AM===void 0&&(this._$Cv=t,this._$AP?.(t))}},R=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,e,n,o,r){this.type=1,this._$AH=u,this._$AN=void 0,this.element=t,this.name=e,this._$AM=o,this.options=r,n.length>2||n[0]!==""||n[1]!==""?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=u}_$AI(t,e=this,n,o){let r=this.strings,s=!1;if(r===void 0)t=M(this,t,e,0),s=!D(t)||t!==this._$AH&&t!==E,s&&(this._$AH=t);else{let d=t,a,c;for(t=r[0],a=0;a<r.length-1;a++)c=M(this,d[n+a],e,a),c===E&&(c=this._$AH[a]),s||=!D(c)||c!==this._$AH[a],c===u?t=u:t!==u&&(t+=(c??"")+r[a+1]),this._$AH[a]=c}s&&!o&&this.j(t)}j(t){t===u?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,t??"")}},pe=class extends R{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===u?void 0:t}},me=class extends R{constructor(){super(...arguments),this.type=4}j(t){this.element.toggleAttribute(this.name,!!t&&t!==u)}},fe=class extends R{constructor(t,e,n,o,r){super(t,e,n,o,r),this.type=5}_$AI(t,e=this){if((t=M(this,t,e,0)??u)===E)return;let n=this._$AH,o=t===u&&n!==u||t.capture!==n.capture||t.once!==n.once||t.passive!==n.passive,r=t!==u&&(n===u||o);o&&this.element.removeEventListener(this.name,this,n),r&&this.element.addEventListener(this.name,this,t),this._$AH=t}handleEvent(t){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)}},ge=class{constructor(t,e,n){this.element=t,this.type=6,this._$AN=void 0,this._$AM=e,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(t){M(this,t)}};var Gt=_e.litHtmlPolyfillSupport;Gt?.(L,U),(_e.litHtmlVersions??=[]).push("3.3.3");var Qe=(i,t,e)=>{let n=e?.renderBefore??t,o=n._$litPart$;if(o===void 0){let r=e?.renderBefore??null;n._$litPart$=o=new U(t.insertBefore(z(),r),r,void 0,e??{})}return o._$AI(i),o};var be=globalThis,w=class extends b{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let t=super.createRenderRoot();return this.renderOptions.renderBefore??=t.firstChild,t}update(t){let e=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(t),this._$Do=Qe(e,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return E}};w._$litElement$=!0,w.finalized=!0,be.litElementHydrateSupport?.({LitElement:w});var Kt=be.litElementPolyfillSupport;Kt?.({LitElement:w});(be.litElementVersions??=[]).push("4.2.2");var Ze={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var et={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var tt={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var ke={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var nt={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var it={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var ot={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var rt={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var st={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var at={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var dt={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var ct={card_name:"JURA coffee machine",card_description:"Its drinks and yours, what it is doing and what it needs.",dashboard_name:"JURA coffee machines",dashboard_description:"A page for each of your machines.",drinks:"Drinks",own_drinks:"Your drinks",machine_drinks:"From the machine",no_drinks:"Every drink is hidden. Show some in the settings of their buttons.",make:"Make it",hold:"Hold to make it",press_again:"Press again to make it",put_cup:"Is a cup in place?",as_usual:"As usual",extras:"Extras",close:"Close",ordering:"Telling the machine …",enjoy:"Enjoy!",cancel:"Stop",cancelling:"Stopping …",seconds:"{count} s",millilitres:"{count} ml",times:"{count} ×",percent:"{count} %",today:"today",cups_today:"Cups today: {count}",needs:"What it needs",show_how:"Show how",manual:"Manual",video:"Video",care:"Care",care_used:"{program}: {percent} % used",care_around:"around {date}",care_due:"due",care_due_since:"due since {date}",history:"Last four weeks",history_all:"Cups: {count}",history_summary:"Cups in the last four weeks: {count}, on average {average} a day",away:"Can't be reached",away_how:"Switch the machine on, and close the J.O.E. app on your phone.",no_machine:"No JURA machine is set up yet.",add_machine:"Add a machine",machine_gone:"This machine is no longer there. Choose another one in the settings of the card.",offline:"Home Assistant can't be reached just now. Nothing was sent to the machine.",outcome_unknown:"The connection was lost, so nobody knows whether this reached the machine. Look at it before you try again.",failed:"That didn't work: {message}",edit_machine:"Machine",edit_machine_help:"Only needed if you have several.",edit_name:"Name",edit_brew:"How a drink is started",edit_brew_confirm:"Tap it, then confirm",edit_brew_hold:"Press and hold it",edit_brew_help:"A single touch never starts one.",edit_drinks:"Drinks to show",edit_drinks_help:"If you choose none, all that are not hidden.",edit_care:"Show its care",edit_history:"Show the last four weeks",more:"More about it"};var ln={cs:Ze,da:et,de:tt,en:ke,es:nt,fr:it,it:ot,nb:rt,nl:st,pl:at,pt:dt,sv:ct},hn={nn:"nb",no:"nb"},un=(i,t)=>i.replace(/\{(\w+)\}/g,(e,n)=>String(t[n]??e)),I=i=>{let t=i.toLowerCase().split("-")[0]??"",e=ln[hn[t]??t]??ke;return(n,o={})=>un(e[n],o)},K=()=>I(document.documentElement.lang),pn=["entity","exceptions","selector","services"],lt=async i=>{await Promise.all(pn.map(t=>i.loadBackendTranslation(t,"jura")))},mn=(i,t,e)=>i(`component.jura.entity.${t}.${e}.name`),ve=(i,t)=>mn(i,"button",`brew_${t}`)||t,V=(i,t)=>t.name??ve(i,t.product),ht=(i,t)=>i(`component.jura.services.brew.fields.${t}.name`)||t,xe=(i,t,e)=>i(`component.jura.selector.${t}.options.${e}`)||e,P=(i,t)=>i(`component.jura.exceptions.${t.key}.message`,t.placeholders)||t.key;var mt=["confirm","hold"],$e=i=>{if(i.brew!==void 0&&!mt.includes(i.brew))throw new Error('"brew" is either "confirm" or "hold"');if(i.drinks!==void 0&&!Array.isArray(i.drinks))throw new Error('"drinks" is a list of buttons');return i},ut={device_id:"edit_machine_help",brew:"edit_brew_help",drinks:"edit_drinks_help"},pt={device_id:"edit_machine",name:"edit_name",brew:"edit_brew",drinks:"edit_drinks",care:"edit_care",history:"edit_history"},ft=()=>{let i=K();return{schema:[{name:"device_id",selector:{device:{integration:"jura",entity:{domain:"button"}}}},{name:"name",selector:{text:{}}},{name:"brew",default:"confirm",selector:{select:{mode:"list",options:mt.map(t=>({value:t,label:i(`edit_brew_${t}`)}))}}},{name:"drinks",selector:{entity:{multiple:!0,reorder:!0,filter:{integration:"jura",domain:"button"}}}},{name:"care",default:!0,selector:{boolean:{}}},{name:"history",default:!0,selector:{boolean:{}}}],computeLabel:({name:t})=>pt[t]?i(pt[t]):t,computeHelper:({name:t})=>ut[t]?i(ut[t]):void 0,assertConfig:$e}};var gt=k`
  :host {
    display: block;
    block-size: 100%;
  }
  ha-card {
    block-size: 100%;
    container-type: inline-size;
    overflow: hidden;
  }
  .card {
    display: flex;
    flex-direction: column;
    gap: var(--gap);
    padding: 20px;
    --gap: 20px;
  }
  /* It is there all the time, so that what comes into it is read out. */
  .now:empty {
    margin-block-end: calc(-1 * var(--gap));
  }
  h2,
  h3,
  p,
  ul {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2 {
    font-size: var(--ha-font-size-xl, 20px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.25;
  }
  h3 {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    margin-block-end: 12px;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    color: var(--secondary-text-color);
  }
  h3 span {
    font-weight: var(--ha-font-weight-normal, 400);
  }

  header {
    display: flex;
    align-items: flex-start;
    justify-content: space-between;
    gap: 16px;
  }
  .state {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-block-start: 4px;
    color: var(--secondary-text-color);
  }
  .dot {
    flex: none;
    inline-size: 8px;
    block-size: 8px;
    border-radius: 50%;
    background: var(--disabled-text-color);
  }
  .ready .dot,
  .enjoy .dot,
  .energy_saving .dot {
    background: var(--success-color);
  }
  .brewing .dot,
  .heating .dot,
  .rinsing .dot,
  .maintenance .dot {
    background: var(--primary-color);
  }
  .needs_attention .dot {
    background: var(--error-color);
  }
  .today {
    display: flex;
    flex-direction: column;
    align-items: flex-end;
    line-height: 1.1;
    color: var(--secondary-text-color);
  }
  .today strong {
    font-size: var(--ha-font-size-2xl, 24px);
    font-weight: var(--ha-font-weight-normal, 400);
    font-variant-numeric: tabular-nums;
    color: var(--primary-text-color);
  }

  .stage {
    display: flex;
    align-items: center;
    gap: 20px;
    padding: 16px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-color) 9%, transparent);
  }
  .stage > ha-icon {
    --mdc-icon-size: 48px;
    color: var(--primary-color);
  }
  .ring {
    position: relative;
    flex: none;
    inline-size: 112px;
    block-size: 112px;
  }
  .ring > svg {
    position: absolute;
    inset: 0;
  }
  .ring > .drink {
    inset: 22px;
  }
  .ring circle {
    fill: none;
    stroke-width: 5;
  }
  .track {
    stroke: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
  }
  .done {
    stroke: var(--primary-color);
    stroke-linecap: round;
    transform: rotate(-90deg);
    transform-origin: center;
    transition: stroke-dasharray 900ms linear;
  }
  .waiting .done {
    animation: turn 1.6s linear infinite;
  }
  @keyframes turn {
    from {
      transform: rotate(-90deg);
    }
    to {
      transform: rotate(270deg);
    }
  }
  .about {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 4px;
    min-inline-size: 0;
  }
  .about h3 {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    color: var(--primary-text-color);
  }
  .about p {
    color: var(--secondary-text-color);
  }
  .about .plain {
    min-block-size: 40px;
    margin-block-start: 8px;
  }

  .trouble,
  .needs li {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 12px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
  }
  .trouble ha-icon,
  .needs ha-icon {
    flex: none;
    color: var(--secondary-text-color);
  }
  .trouble span,
  .needs .words {
    flex: 1;
    min-inline-size: 0;
  }
  .failed {
    background: color-mix(in srgb, var(--error-color) 14%, transparent);
  }
  .failed > ha-icon {
    color: var(--error-color);
  }
  .needs {
    display: flex;
    flex-direction: column;
    gap: 8px;
  }
  .needs .act,
  .needs .due {
    background: color-mix(in srgb, var(--warning-color) 16%, transparent);
  }
  .needs .act ha-icon,
  .needs .due ha-icon {
    color: var(--warning-color);
  }
  .needs li {
    flex-wrap: wrap;
  }
  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
  }
  .ways a,
  .link {
    padding: 4px 0;
    color: var(--primary-color);
    background: none;
    font-weight: var(--ha-font-weight-medium, 500);
    text-decoration: none;
  }

  .drinks {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(92px, 1fr));
    gap: 8px;
  }
  .tile {
    position: relative;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
    box-sizing: border-box;
    inline-size: 100%;
    block-size: 100%;
    padding: 12px 6px;
    border-radius: 16px;
    background: color-mix(in srgb, var(--primary-text-color) 4%, transparent);
    transition: background 120ms;
  }
  .tile:hover {
    background: color-mix(in srgb, var(--primary-color) 12%, transparent);
  }
  .tile img,
  .cup svg {
    inline-size: 64px;
    block-size: 64px;
  }
  .tile img {
    border-radius: 12px;
    object-fit: cover;
  }
  .name {
    font-size: var(--ha-font-size-m, 14px);
    line-height: 1.25;
    text-align: center;
    overflow-wrap: anywhere;
    hyphens: auto;
  }
  .why {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.25;
    color: var(--secondary-text-color);
    text-align: center;
  }
  .blocked img,
  .blocked .cup {
    opacity: 0.4;
    filter: grayscale(0.7);
  }
  .blocked .name {
    color: var(--secondary-text-color);
  }
  .tile.holdable::before {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: inherit;
    border: 3px solid var(--primary-color);
    opacity: 0;
    clip-path: inset(100% 0 0 0);
  }
  .tile.holdable.held::before {
    opacity: 1;
    clip-path: inset(0);
    transition: clip-path 900ms linear;
  }
  .empty {
    color: var(--secondary-text-color);
  }

  .more {
    display: grid;
    gap: 20px;
  }
  .more:not(:has(section)) {
    display: none;
  }
  .care {
    display: grid;
    gap: 12px;
  }
  .care > div {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 6px 12px;
  }
  .when {
    color: var(--secondary-text-color);
  }
  .bar {
    grid-column: 1 / -1;
    block-size: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
    overflow: hidden;
  }
  .bar > div {
    block-size: 100%;
    border-radius: inherit;
    background: var(--success-color);
  }
  .soon .bar > div {
    background: var(--warning-color);
  }
  .due .bar > div {
    background: var(--error-color);
  }
  .chart {
    display: block;
    inline-size: 100%;
    block-size: 56px;
  }
  .chart rect {
    fill: color-mix(in srgb, var(--primary-color) 55%, transparent);
  }
  .chart .now {
    fill: var(--primary-color);
  }
  .chart .none {
    fill: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
  }
  .axis {
    display: flex;
    justify-content: space-between;
    margin-block-start: 4px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }

  .missing {
    align-items: center;
    padding: 32px 24px;
    text-align: center;
  }
  .missing svg {
    inline-size: 96px;
  }

  @container (inline-size > 620px) {
    .card {
      padding: 24px;
      --gap: 24px;
    }
    .drinks {
      grid-template-columns: repeat(auto-fill, minmax(116px, 1fr));
      gap: 12px;
    }
    .tile img,
    .cup svg {
      inline-size: 80px;
      block-size: 80px;
    }
    .more {
      grid-template-columns: 1fr 1fr;
      gap: 32px;
    }
    .needs {
      flex-direction: row;
      flex-wrap: wrap;
    }
    .needs li {
      flex: 1 1 260px;
    }
  }

  @media (prefers-reduced-motion: reduce) {
    .done,
    .tile {
      transition: none;
    }
    .waiting .done {
      animation: none;
    }
  }
`;var J={espresso:{name:"espresso",holds:75,top:29,floor:51,wide:13,narrow:8.5,round:5,from:15,to:52},cup:{name:"cup",holds:185,top:23,floor:51,wide:17.5,narrow:11,round:8,from:11,to:57.5},mug:{name:"mug",holds:260,top:17,floor:53,wide:15.5,narrow:14,round:4,from:16,to:58},glass:{name:"glass",holds:290,top:9,floor:55,wide:13.5,narrow:9.5,round:3,from:18,to:46},pot:{name:"pot",holds:420,top:19,floor:54,wide:12,narrow:19,round:6,from:12,to:57}},fn=6,gn=7,_n=7,T=(i,t)=>Number(i[t]??0)||0,_t=["extra_mild","mild","normal","balanced","strong","intense","extra_strong"],yn=i=>{let t=i.strength,e=_t.indexOf(String(t)),n=e>=0?(e+1)/_t.length:Number(t??6)/10,o=Math.min(1,(T(i,"water")+2*T(i,"bypass"))/400);return Math.max(0,Math.min(1,.25+.75*(Number.isNaN(n)?.6:n)-.35*o))},wn=i=>i.includes("espresso_macchiat")?1:i.includes("cappuccin")?.55:i.includes("macchiat")?.45:.25,bn=(i,t,e)=>{let n=T(e,"water"),o=T(e,"bypass"),r={milk:T(e,"milk")*fn,foam:T(e,"milk_foam")*gn},s=r.milk&&r.foam||i==="milk",d=wn(t),a=r.milk+r.foam,c=s?r.milk:a*(1-d),p=s?r.foam:a*d,l=[{liquid:"milk",amount:c},{liquid:t.includes("chocolate")?"chocolate":"foam",amount:p}],m={liquid:"coffee",amount:n+o,dark:yn(e)};return(i==="water"?[{liquid:"water",amount:n||200}]:i==="milk"?c+p?l:[{liquid:"milk",amount:150}]:i!=="coffee_and_milk"?[m.amount?m:{...m,amount:100},{liquid:"crema",amount:_n}]:T(e,"milk_break")>0||t.includes("latte_macchiat")?[{liquid:"milk",amount:c},m,{liquid:"foam",amount:p}]:[m,...l]).filter(_=>_.amount>0)},kn=(i,t,e)=>{let n=e.reduce((o,r)=>o+r.amount,0);return/(^|_)pot(_|$)/.test(t)?J.pot:i==="water"||i==="milk"||/latte|macchiat[oi]$/.test(t)&&n>110?J.glass:n<=78?J.espresso:n<=200?J.cup:J.mug},f=i=>Math.round(i*100)/100,C=(i,t)=>i.wide+(i.narrow-i.wide)*(t-i.top)/(i.floor-i.top),vn=new Set(["foam","chocolate"]),xn=2.4,yt=(i,t,e)=>{if(!e)return`H${f(32+i)}`;let n=2*i/3;return[1,2,3].map(o=>{let r=32-i+o*n;return`Q${f(r-n/2)} ${f(t-2*xn)} ${f(r)} ${f(t)}`}).join("")},wt=(i,t,e,n=!1)=>{let o=C(i,t),r=l=>f(32-l),s=l=>f(32+l),d=Math.min(i.round,i.floor-t),a=Math.max(0,d-(i.floor-e)),c=C(i,e);if(a<.2)return`M${r(o)} ${f(t)}${yt(o,t,n)}L${s(c)} ${f(e)}H${r(c)}Z`;let p=C(i,i.floor-d);return`M${r(o)} ${f(t)}${yt(o,t,n)}L${s(p)} ${f(i.floor-d)}Q${s(C(i,i.floor))} ${f(e)} ${s(C(i,i.floor)-d)} ${f(e)}H${r(C(i,i.floor)-d)}Q${r(C(i,i.floor))} ${f(e)} ${r(p)} ${f(i.floor-d)}Z`},bt=(i,t=i.values??{},e=1)=>{let n=i.kind??"coffee",o=bn(n,i.product,t),r=kn(n,i.product,o),s=o.reduce((m,g)=>m+g.amount,0),d=r.floor-r.top,a=Math.max(.42,Math.min(.9,s/r.holds))*d,c=r.floor-a*Math.max(0,Math.min(1,e)),p=[],l=r.floor;for(let{liquid:m,amount:g,dark:_}of o){let Oe=l-g/s*a,He=Math.max(Oe,c);He<l-.1&&p.push({liquid:m,dark:_??0,path:wt(r,He,l,vn.has(m))}),l=Oe}return{vessel:r,layers:p,outline:wt(r,r.top,r.floor)}},kt=({from:i,to:t})=>{let e=Math.min(.8,29/(t-i)),n=o=>`translate(${f(o)} ${f(57*(1-e))}) scale(${f(e)})`;return[n(31-t*e),n(33-i*e)]};var vt={espresso:"M44.5 32.5c6-1 8 1.500 7 5.500c-1 3.500-4.500 5-9 5",cup:"M49 27.500c7-1 9 2.500 7.500 7.500c-1.500 4.500-6 6-11 6",mug:"M47.500 23.500c8.500-1 10 4 9.500 11.500c-.5 7-3.500 9-10 8.500",pot:"M46.500 24c8 0 10 5 9.500 12.500c-.4 5-2.500 7.500-6 8"},xt={espresso:"M15 55.500h34",cup:"M11 55.500h42"},$n=({vessel:{name:i},outline:t})=>y`
  ${vt[i]?y`<path class="wall" d=${vt[i]} />`:u}
  ${xt[i]?y`<path class="wall" d=${xt[i]} />`:u}
  ${i==="pot"?y`<path class="wall" d="M19 15.500h26M32 12v3M20.500 22l-7 6" />`:u}
  <path class="inside" d=${t} />
`,An=i=>y`
  ${$n(i)}
  ${i.layers.map(t=>y`<path class=${t.liquid} style=${`--dark:${Math.round(t.dark*100)}%`} d=${t.path} />`)}
  <path class="wall" d=${i.outline} />
`,O=(i,t,e)=>{let n=bt(i,t,e),o=i.is_double?kt(n.vessel):[""];return y`<svg class="drink" viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    ${o.map(r=>y`<g transform=${r}>${An(n)}</g>`)}
  </svg>`};var Ae={drinks:[],making:null,links:{}},$t=i=>"minimum"in i,At=(i,t)=>t?.length?t.flatMap(e=>i.find(n=>n.entity_id===e)??[]):i,Se=i=>{let t=i[0]?.why_not;return t&&i.every(e=>e.why_not?.key===t.key)?t:void 0},W=i=>({values:{...i.values},preselections:[...i.chosen_preselections??[]]}),St=(i,t,e)=>{let n=t.filter(o=>o!==e);return n.length<t.length?n:n.reduce((o,r)=>{let s=[...o,r];return i.combinations?.some(a=>s.every(c=>a.includes(c)))?s:o},[e])},Sn=(i,t)=>i.length===t.length&&i.every(e=>t.includes(e)),Ee=(i,t,e)=>{let n=Object.entries(e.values).filter(([r,s])=>t.values?.[r]!==s),o=Sn(e.preselections,t.chosen_preselections??[]);return{device_id:i,product:t.drink,...Object.fromEntries(n),...o?{}:{preselections:e.preselections}}},Et=(i,t)=>Object.keys(Ee("",i,t)).length===2;var X=i=>{history.pushState(null,"",i),window.dispatchEvent(new CustomEvent("location-changed",{detail:{replace:!1}}))};var Q=(i,t)=>new Intl.DateTimeFormat("en-CA",{timeZone:t,year:"numeric",month:"2-digit",day:"2-digit"}).format(i),Ct=(i,t,e,n)=>{let o=new Map(i.map(a=>[Q(a.start,n),Math.max(0,Math.round(a.change??0))])),r=new Map;for(let a=e;r.size<28;a-=432e5)r.set(Q(a,n),a);let s=[...r].map(([a,c])=>({start:c,cups:o.get(a)??0})),d=s[0];return d&&t!==void 0&&(d.cups=t),s.reverse()},Tt=async(i,t,e)=>(await i.callWS({type:"recorder/statistics_during_period",start_time:new Date(e-25056e5).toISOString(),statistic_ids:[t],period:"day",types:["change"]}))[t]??[];var Ce=class{constructor(t,e){this.element=t;this.held=e;this.heldAt=0}get justHeld(){return performance.now()-this.heldAt<700}start(t){this.timer===void 0&&(this.from=t,this.element.classList.add("held"),this.timer=setTimeout(()=>{this.end(),this.heldAt=performance.now(),this.held()},900))}move(t){this.from&&Math.hypot(t.x-this.from.x,t.y-this.from.y)>12&&this.end()}end(){clearTimeout(this.timer),this.timer=void 0,this.element.classList.remove("held")}},Mt=new WeakMap,En=(i,t)=>{let e=Mt.get(i);return e||(e=new Ce(i,t),Mt.set(i,e)),e},Z=i=>{let t=e=>{let n=e.currentTarget;return En(n,()=>i(n))};return{down:e=>{e.button===0&&e.isPrimary&&t(e).start({x:e.clientX,y:e.clientY})},move:e=>t(e).move({x:e.clientX,y:e.clientY}),up:e=>t(e).end(),keydown:e=>{(e.key==="Enter"||e.key===" ")&&(e.preventDefault(),e.repeat||t(e).start())},wasHeld:e=>t(e).justHeld}};var te="jura",Cn=new Set(["unknown","unavailable"]),Tn=["cleaning","descaling","filter_change"],F=i=>{let t=new Set;for(let e of Object.values(i.entities))e.platform===te&&e.translation_key==="state"&&e.device_id&&t.add(e.device_id);return[...t].filter(e=>e in i.devices)},Rt=(i,t)=>{let e=F(i);return t?e.find(n=>n===t):e[0]},Te=(i,t,e,n)=>{for(let o of Object.values(i.entities))if(o.platform===te&&o.device_id===t&&o.translation_key===n&&o.entity_id.startsWith(`${e}.`))return i.states[o.entity_id]},x=i=>i&&!Cn.has(i.state)?i:void 0,ee=i=>{let t=x(i)&&Number(i?.state);return t===void 0||Number.isNaN(t)?void 0:t},Mn=i=>{let[,t,e]=/^(.*)_(due|soon)$/.exec(i)??[];return{program:t,weight:e==="due"?"due":e==="soon"?"soon":"act"}},Me=(i,t)=>{let e=s=>Te(i,t,"sensor",s),n=s=>s&&i.formatEntityState(s),o=i.devices[t],r=x(e("state"));return{deviceId:t,name:o?.name_by_user??o?.name??"JURA",state:r?.state,words:n(r),needs:Rn(i,x(e("needs"))),making:Pn(x(e("current_drink")),e,n),program:On(x(e("program")),x(e("program_step")),n),care:Tn.flatMap(s=>Hn(i,e,s)),cupsToday:ee(e("cups_today")),total:e("count_total")?.entity_id}},Rn=(i,t)=>{let e=t?.attributes.all;return!t||!Array.isArray(e)?[]:e.map(String).map(n=>({slug:n,words:i.formatEntityState(t,n),...Mn(n)}))},Pn=(i,t,e)=>{if(!i||i.state==="none")return;let n=x(t("phase"));return{product:i.state,phase:e(n),percent:ee(t("progress")),elapsed:ee(t("elapsed")),done:n?.state==="finished"}},On=(i,t,e)=>i&&i.state!=="none"?{words:e(i)??"",step:e(t)}:void 0,Hn=(i,t,e)=>{let n=ee(t(`due_${e}`));if(n===void 0)return[];let o=t("program"),r=x(t(`forecast_${e}`)),s=r&&new Date(r.state);return[{program:e,words:o?i.formatEntityState(o,e):e,percent:n,date:s&&!Number.isNaN(s.getTime())?s:void 0}]};var Nn=i=>{if(i===3)return{kind:"unknown"};let{translation_domain:t,translation_key:e,translation_placeholders:n,message:o}=Object(i);return t==="jura"&&e?{kind:"reason",reason:{key:e,placeholders:n??{}}}:{kind:"other",message:o??String(i)}},Re=async(i,t,e)=>{if(!i.connected)return{kind:"offline"};try{await i.callService("jura",t,e,void 0,!1)}catch(n){return Nn(n)}};var jn={act:"mdi:alert-circle-outline",due:"mdi:wrench-outline",soon:"mdi:information-outline"},Ht=(i,t,e,n)=>h`<ul class="needs" aria-label=${n("needs")}>
    ${i.map(o=>h`<li class=${o.weight}>
          <ha-icon icon=${jn[o.weight]}></ha-icon>
          <span class="words">${o.words}</span>
          ${o.program?zn(o,t,e,n):u}
        </li>`)}
  </ul>`,zn=(i,t,e,n)=>{let o=t[i.program??""],r=(s,d)=>s?h`<a href=${`https://${s}`} target="_blank" rel="noreferrer">${d}</a>`:u;return h`<span class="ways">
    ${e&&i.weight==="due"?h`<button class="link" @click=${()=>X("/config/repairs")}>${n("show_how")}</button>`:u}
    ${r(o?.manual,n("manual"))} ${r(o?.video,n("video"))}
  </span>`},Pt=(i,t)=>new Intl.DateTimeFormat(t,{day:"numeric",month:"short"}).format(i),Nt=(i,t,e)=>h`<section aria-labelledby="care">
    <h3 id="care">${e("care")}</h3>
    <div class="care">
      ${i.map(n=>{let o=Math.max(0,Math.min(100,Math.round(n.percent)));return h`<div class=${o>=100?"due":o>=80?"soon":""}>
          <span>${n.words}</span><span class="when">${Dn(n,o,t,e)}</span>
          <div
            class="bar"
            role="img"
            aria-label=${e("care_used",{program:n.words,percent:o})}
          >
            <div style=${`inline-size:${o}%`}></div>
          </div>
        </div>`})}
    </div>
  </section>`,Dn=({date:i},t,e,n)=>t>=100?i?n("care_due_since",{date:Pt(i,e)}):n("care_due"):i?n("care_around",{date:Pt(i,e)}):n("percent",{count:t}),Ot=280,Pe=56,jt=(i,t,e,n)=>{let o=Math.max(1,...i.map(({cups:l})=>l)),r=i.reduce((l,{cups:m})=>l+m,0),s=Ot/i.length,d=new Intl.NumberFormat(t,{maximumFractionDigits:1}).format(r/i.length),a=new Intl.DateTimeFormat(t,{day:"numeric",month:"short",timeZone:e}),c=i.map(({start:l,cups:m},g)=>{let _=m?Math.max(4,m/o*Pe):2;return y`<rect
      class=${g===i.length-1?"now":m?"":"none"}
      x=${g*s+s*.14} y=${Pe-_} width=${s*.72} height=${_} rx="2"
    ><title>${a.format(l)}: ${m}</title></rect>`}),[p]=i;return h`<section aria-labelledby="history">
    <h3 id="history">${n("history")}<span>${n("history_all",{count:r})}</span></h3>
    <svg
      class="chart"
      viewBox="0 0 ${Ot} ${Pe}"
      preserveAspectRatio="none"
      role="img"
      aria-label=${n("history_summary",{count:r,average:d})}
    >
      ${c}
    </svg>
    <div class="axis" aria-hidden="true">
      <span>${p?a.format(p.start):""}</span><span>${n("today")}</span>
    </div>
  </section>`};var ne=k`
  .drink {
    display: block;
    overflow: visible;
  }
  .drink path {
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .wall {
    fill: none;
    stroke: color-mix(in srgb, var(--primary-text-color) 62%, transparent);
    stroke-width: 2;
  }
  .inside {
    fill: color-mix(in srgb, var(--primary-text-color) 5%, transparent);
  }
  .coffee {
    fill: color-mix(in srgb, var(--jura-coffee-dark, #43281a) var(--dark), var(--jura-coffee-light, #a8744a));
  }
  .crema {
    fill: var(--jura-crema, #d3a266);
  }
  .milk {
    fill: var(--jura-milk, #f1dfc4);
  }
  .foam {
    fill: var(--jura-foam, #fff8ea);
    stroke: color-mix(in srgb, var(--jura-coffee-light, #a8744a) 45%, transparent);
    stroke-width: 0.9;
  }
  .water {
    fill: var(--jura-water, #8fcdea);
  }
  .chocolate {
    fill: var(--jura-chocolate, #c9a182);
  }
`,ie=k`
  button {
    font: inherit;
    color: inherit;
    border: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  button:disabled {
    cursor: default;
  }
  .main,
  .plain {
    position: relative;
    min-block-size: 48px;
    padding: 0 20px;
    border-radius: 24px;
    font-weight: var(--ha-font-weight-medium, 500);
    overflow: hidden;
  }
  .main {
    color: var(--text-primary-color, #fff);
    background: var(--primary-color);
  }
  .main:disabled {
    color: var(--secondary-text-color);
    background: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
  }
  .plain {
    background: color-mix(in srgb, var(--primary-text-color) 9%, transparent);
  }
  .round {
    display: grid;
    place-items: center;
    flex: none;
    inline-size: 40px;
    block-size: 40px;
    padding: 0;
    border-radius: 50%;
    background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
  }
  .holdable {
    touch-action: pan-y;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .main.holdable::before {
    content: "";
    position: absolute;
    inset: 0;
    background: rgb(255 255 255 / 0.35);
    transform: scaleX(0);
    transform-origin: left;
  }
  .main.holdable:dir(rtl)::before {
    transform-origin: right;
  }
  .main.holdable.held::before {
    transform: scaleX(1);
    transition: transform 900ms linear;
  }
`;var Ln=36e5,Un=12,oe=class extends w{constructor(){super();this.holding=Z(e=>{let n=this.drinks.find(({entity_id:o})=>o===e.dataset.drink);n&&!n.why_not&&this.order({drink:n,wish:W(n)})});this.open=e=>{let n=e.currentTarget;this.config?.brew==="hold"&&this.holding.wasHeld(e)||(this.opened=n.dataset.drink)};this.cancel=async()=>{let{hass:e,deviceId:n}=this;!e||!n||this.cancelling||(this.failure=void 0,this.cancelling=!0,this.failure=await Re(e,"cancel",{device_id:n}),this.cancelling=!1)};this.offer=Ae,this.cancelling=!1,this.rows=[]}static{this.properties={hass:{attribute:!1},config:{state:!0},offer:{state:!0},opened:{state:!0},ordering:{state:!0},cancelling:{state:!0},failure:{state:!0},rows:{state:!0}}}setConfig(e){this.config=$e(e)}getCardSize(){return 4+Math.ceil(this.drinks.length/4)*2}getGridOptions(){return{columns:Un,min_columns:6}}static getConfigForm(){return ft()}static getStubConfig(e){let[n,o]=F(e);return n&&o?{device_id:n}:{}}connectedCallback(){super.connectedCallback(),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),this.unsubscribe()}get deviceId(){return this.hass&&this.config&&Rt(this.hass,this.config.device_id)}get drinks(){return At(this.offer.drinks,this.config?.drinks)}willUpdate(){let{hass:e,deviceId:n}=this;!e||!this.isConnected||(this.wordsOf!==e.language&&(this.wordsOf=e.language,lt(e).then(()=>this.requestUpdate())),this.subscribed?.to!==n&&(this.unsubscribe(),n&&this.subscribe(e,n)))}subscribe(e,n){let o=s=>{this.subscribed?.to===n&&(this.offer=s)},r=e.connection.subscribeMessage(o,{type:"jura/offer",device_id:n}).catch(()=>{this.subscribed?.to===n&&setTimeout(()=>this.resubscribe(n),5e3)});this.subscribed={to:n,end:r}}resubscribe(e){this.subscribed?.to===e&&(this.subscribed=void 0,this.requestUpdate())}unsubscribe(){this.subscribed?.end.then(e=>e?.()).catch(()=>{}),this.subscribed=void 0,this.offer=Ae}updated(e){let{hass:n,deviceId:o}=this;n&&o&&this.config?.history!==!1&&this.fetch(n,Me(n,o).total)}async fetch(e,n){let o=Date.now(),r=Q(o,e.config.time_zone),s=this.fetched;!n||!e.connected||s?.of===n&&s.on===r&&o-s.at<Ln||(this.fetched={of:n,at:o,on:r},this.rows=await Tt(e,n,o).catch(()=>[]))}async order({drink:e,wish:n}){let{hass:o,deviceId:r}=this;!o||!r||this.ordering||(this.opened=void 0,this.failure=void 0,this.ordering=e,this.failure=await Re(o,"brew",Ee(r,e,n)),this.ordering=void 0)}render(){let{hass:e,config:n,deviceId:o}=this;if(!e||!n)return u;let r=I(e.language);if(!o)return this.missing(r,n);let s=Me(e,o),d=n.history===!1?[]:Ct(this.rows,s.cupsToday,Date.now(),e.config.time_zone),a=this.offer.drinks.find(({entity_id:c})=>c===this.opened);return h`<ha-card>
      <div class="card">
        ${this.header(s,r)} ${this.now(s,r)} ${this.trouble(s,r)}
        ${s.needs.length?Ht(s.needs,this.offer.links,e.user?.is_admin??!1,r):u}
        ${this.groups(s,r)}
        <div class="more">
          ${n.care!==!1&&s.care.length?Nt(s.care,e.language,r):u}
          ${d.some(({cups:c})=>c)?jt(d,e.language,e.config.time_zone,r):u}
        </div>
      </div>
      <jura-drink-dialog
        .drink=${a}
        .texts=${r}
        .localize=${e.localize}
        .hold=${n.brew==="hold"}
        @jura-close=${()=>this.opened=void 0}
        @jura-order=${c=>{this.order(c.detail)}}
      ></jura-drink-dialog>
    </ha-card>`}missing(e,n){return h`<ha-card>
      <div class="card missing">
        ${O({kind:"coffee",product:"coffee",values:{water:120,strength:5}})}
        <p>${e(n.device_id?"machine_gone":"no_machine")}</p>
        ${n.device_id||!this.hass?.user?.is_admin?u:h`<button
                class="main"
                @click=${()=>X("/config/integrations/dashboard/add?domain=jura")}
              >
                ${e("add_machine")}
              </button>`}
      </div>
    </ha-card>`}header(e,n){let{state:o,words:r,cupsToday:s}=e;return h`<header>
      <div>
        <h2>${this.config?.name||e.name}</h2>
        <p class="state ${o??"away"}"><span class="dot"></span>${r&&o?r:n("away")}</p>
      </div>
      ${s===void 0?u:h`<div class="today" role="img" aria-label=${n("cups_today",{count:s})}>
              <strong>${s}</strong><span>${n("today")}</span>
            </div>`}
    </header>`}now(e,n){return h`<div class="now" aria-live="polite">${this.going(e,n)}</div>`}going({making:e,program:n},o){return e?this.making(e,o):this.ordering?this.stage(this.ordering,V(this.localize,this.ordering),o("ordering"),void 0,u):n?h`<div class="stage">
      <ha-icon icon="mdi:wrench-clock"></ha-icon>
      <div class="about">
        <h3>${n.words}</h3>
        <p>${n.step}</p>
      </div>
    </div>`:u}making(e,n){let r=this.offer.drinks.find(c=>c.own&&c.name===this.offer.making)??this.offer.drinks.find(c=>!c.own&&c.product===e.product),s=this.offer.making??ve(this.localize,e.product),d=h`<button class="plain" ?disabled=${this.cancelling} @click=${this.cancel}>
      ${n(this.cancelling?"cancelling":"cancel")}
    </button>`,a=e.done?n("enjoy"):e.phase??"";return this.stage(r,s,a,e.done?100:e.percent,e.done?u:d)}stage(e,n,o,r,s){let d=e??{kind:"coffee",product:"coffee",values:{water:100}};return h`<div class="stage">
      <div
        class="ring ${r===void 0?"waiting":""}"
        role="progressbar"
        aria-label=${n}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${r??u}
      >
        <svg viewBox="0 0 100 100" aria-hidden="true">
          <circle class="track" cx="50" cy="50" r="46" />
          <circle class="done" cx="50" cy="50" r="46" pathLength="100" stroke-dasharray="${r??22} 100" />
        </svg>
        ${O(d,d.values,(r??0)/100)}
      </div>
      <div class="about">
        <h3>${n}</h3>
        <p>${o}</p>
        ${s}
      </div>
    </div>`}trouble(e,n){if(this.failure)return h`<div class="trouble failed" role="alert">
        <ha-icon icon="mdi:coffee-off-outline"></ha-icon><span>${this.told(this.failure,n)}</span>
        <button class="round" aria-label=${n("close")} @click=${()=>this.failure=void 0}>
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
      </div>`;let o=e.making||this.ordering?void 0:Se(this.drinks);if(!o||e.needs.some(({slug:s})=>o.key===`blocked_${s}`))return u;let r=e.state?P(this.localize,o):n("away_how");return h`<div class="trouble" role="status"><ha-icon icon="mdi:information-outline"></ha-icon><span>${r}</span></div>`}told(e,n){switch(e.kind){case"offline":return n("offline");case"unknown":return n("outcome_unknown");case"reason":return P(this.localize,e.reason);case"other":return n("failed",{message:e.message})}}groups(e,n){let{drinks:o}=this,r=Se(o),s=(c,p)=>h`<ul class="drinks" aria-label=${p}>
        ${c.map(l=>h`<li>${this.tile(l,r)}</li>`)}
      </ul>`,d=o.filter(c=>c.own),a=o.filter(c=>!c.own);return this.subscribed&&!o.length&&e.state?h`<p class="empty">${n("no_drinks")}</p>`:!d.length||!a.length||this.config?.drinks?.length?s(o,n("drinks")):h`<section>
        <h3>${n("own_drinks")}</h3>
        ${s(d,n("own_drinks"))}
      </section>
      <section>
        <h3>${n("machine_drinks")}</h3>
        ${s(a,n("machine_drinks"))}
      </section>`}tile(e,n){let o=this.hass?.states[e.entity_id]?.attributes.entity_picture,r=e.why_not&&P(this.localize,e.why_not),s=e.why_not&&!n,d=h`
      ${typeof o=="string"?h`<img src=${o} alt="" />`:h`<span class="cup">${O(e)}</span>`}
      <span class="name">${V(this.localize,e)}</span>
      ${s?h`<span class="why">${r}</span>`:u}
    `,a=`tile${e.why_not?" blocked":""}`;if(this.config?.brew!=="hold"||e.why_not)return h`<button class=${a} data-drink=${e.entity_id} aria-haspopup="dialog" @click=${this.open}>
        ${d}
      </button>`;let{holding:c}=this;return h`<button
      class="${a} holdable"
      data-drink=${e.entity_id}
      aria-haspopup="dialog"
      @pointerdown=${c.down}
      @pointermove=${c.move}
      @pointerup=${c.up}
      @pointerleave=${c.up}
      @pointercancel=${c.up}
      @contextmenu=${p=>p.preventDefault()}
      @click=${this.open}
    >
      ${d}
    </button>`}get localize(){return this.hass?.localize??(()=>"")}static{this.styles=[ne,ie,gt]}};var In=500,Vn=3,Jn={ml:"millilitres",s:"seconds",count:"times"},re=class extends w{constructor(){super();this.openedAt=0;this.close=()=>{this.dispatchEvent(new CustomEvent("jura-close"))};this.press=e=>{this.hold?e.detail===0&&this.asked?this.order():e.detail===0&&(this.asked=!0):this.order()};this.holding=Z(()=>this.order());this.backdrop=e=>{e.target===this.dialog&&this.close()};this.hold=!1,this.asked=!1,this.wish={values:{},preselections:[]}}static{this.properties={drink:{attribute:!1},texts:{attribute:!1},localize:{attribute:!1},hold:{type:Boolean},wish:{state:!0},asked:{state:!0}}}get dialog(){return this.renderRoot.querySelector("dialog")}willUpdate(e){let n=e.get("drink");e.has("drink")&&this.drink&&this.drink.entity_id!==n?.entity_id&&(this.wish=W(this.drink),this.asked=!1)}updated(e){e.has("drink")&&(this.drink&&!this.dialog?.open&&(this.dialog?.showModal(),this.openedAt=performance.now()),!this.drink&&this.dialog?.open&&this.dialog.close())}order(){let{drink:e,wish:n}=this;!e||e.why_not||performance.now()-this.openedAt<In||this.dispatchEvent(new CustomEvent("jura-order",{detail:{drink:e,wish:n}}))}set(e,n){this.wish={...this.wish,values:{...this.wish.values,[e]:n}}}render(){return h`<dialog aria-labelledby="name" @close=${this.close} @click=${this.backdrop}>
      ${this.drink?this.body(this.drink):u}
    </dialog>`}body(e){let{texts:n,localize:o,wish:r}=this,s=Object.entries(e.parameters??{}),d=e.preselections??[];return h`<div class="sheet">
      <header>
        <h2 id="name">${V(o,e)}</h2>
        <button class="round" aria-label=${n("close")} title=${n("close")} @click=${this.close}>
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
      </header>
      <div class="picture">${O(e,r.values)}</div>
      ${s.map(([a,c])=>this.control(a,c))}
      ${d.length?h`<fieldset class="field">
              <legend>${n("extras")}</legend>
              <div class="options wrap">${d.map(a=>this.extra(e,a))}</div>
            </fieldset>`:u}
      <footer>
        ${e.why_not?h`<p class="reason" role="status">${P(o,e.why_not)}</p>`:h`<p class="hint">${n("put_cup")}</p>`}
        <div class="buttons">
          ${Et(e,r)?u:h`<button class="plain" @click=${()=>this.wish=W(e)}>${n("as_usual")}</button>`}
          ${this.button(e)}
        </div>
      </footer>
    </div>`}button(e){let{texts:n,hold:o,holding:r}=this,s=n(o?this.asked?"press_again":"hold":"make");return o?h`<button
      class="main holdable"
      autofocus
      ?disabled=${!!e.why_not}
      @pointerdown=${r.down}
      @pointermove=${r.move}
      @pointerup=${r.up}
      @pointerleave=${r.up}
      @pointercancel=${r.up}
      @keydown=${r.keydown}
      @keyup=${r.up}
      @blur=${r.up}
      @contextmenu=${d=>d.preventDefault()}
      @click=${this.press}
    >
      ${s}
    </button>`:h`<button class="main" autofocus ?disabled=${!!e.why_not} @click=${this.press}>${s}</button>`}control(e,n){let o=ht(this.localize,e),r=this.wish.values[e]??n.default;if($t(n)){let a=this.texts(Jn[n.unit],{count:Number(r)});return this.slider(e,o,a,n.minimum,n.maximum,n.step,Number(r),Number)}let{options:s}=n,d=a=>xe(this.localize,e,a);if(s.length>Vn){let a=Math.max(0,s.indexOf(String(r))),c=s[a]??"";return this.slider(e,o,d(c),0,s.length-1,1,a,p=>s[p]??c)}return h`<fieldset class="field">
      <legend>${o}</legend>
      <div class="options">
        ${s.map(a=>h`<label>
              <input
                type="radio"
                name=${e}
                .checked=${a===r}
                @change=${()=>this.set(e,a)}
              /><span>${d(a)}</span>
            </label>`)}
      </div>
    </fieldset>`}slider(e,n,o,r,s,d,a,c){return h`<div class="field">
      <label for=${e}>${n}</label><output for=${e}>${o}</output>
      <input
        id=${e}
        type="range"
        min=${r}
        max=${s}
        step=${d}
        style=${`--filled:${100*(a-r)/(s-r||1)}%`}
        .value=${String(a)}
        aria-valuetext=${o}
        @input=${p=>this.set(e,c(Number(p.target.value)))}
      />
    </div>`}extra(e,n){return h`<label>
      <input
        type="checkbox"
        .checked=${this.wish.preselections.includes(n)}
        @change=${()=>this.wish={...this.wish,preselections:St(e,this.wish.preselections,n)}}
      /><span>${xe(this.localize,"preselection",n)}</span>
    </label>`}static{this.styles=[ne,ie,k`
      dialog {
        box-sizing: border-box;
        inline-size: min(420px, 100vw - 32px);
        max-block-size: calc(100dvh - 32px);
        padding: 0;
        border: 0;
        border-radius: var(--ha-dialog-border-radius, 24px);
        color: var(--primary-text-color);
        background: var(--card-background-color);
        box-shadow: 0 12px 48px rgb(0 0 0 / 0.32);
        overflow: auto;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.5);
      }
      .sheet {
        display: flex;
        flex-direction: column;
        gap: 20px;
        padding: 20px 24px 24px;
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      h2 {
        margin: 0;
        font-size: var(--ha-font-size-xl, 20px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.3;
      }
      .picture {
        display: grid;
        place-items: center;
      }
      .picture svg {
        inline-size: 128px;
        block-size: 128px;
        margin-block-start: -20px;
      }
      .field {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 8px 12px;
        margin: 0;
        padding: 0;
        border: 0;
        min-inline-size: 0;
      }
      .field > label,
      legend {
        padding: 0;
        color: var(--secondary-text-color);
      }
      legend {
        margin-block-end: 8px;
      }
      output {
        font-weight: var(--ha-font-weight-medium, 500);
        font-variant-numeric: tabular-nums;
      }
      input[type="range"] {
        grid-column: 1 / -1;
        appearance: none;
        inline-size: 100%;
        block-size: 28px;
        margin: 0;
        background: none;
        cursor: pointer;
        touch-action: pan-y;
        --direction: to right;
        --track: linear-gradient(
          var(--direction),
          var(--primary-color) var(--filled),
          color-mix(in srgb, var(--primary-text-color) 12%, transparent) var(--filled)
        );
      }
      input[type="range"]:dir(rtl) {
        --direction: to left;
      }
      input[type="range"]:focus-visible {
        outline: 2px solid var(--primary-color);
        outline-offset: 2px;
        border-radius: 14px;
      }
      input::-webkit-slider-runnable-track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--track);
      }
      input::-moz-range-track {
        block-size: 6px;
        border-radius: 3px;
        background: var(--track);
      }
      input::-webkit-slider-thumb {
        appearance: none;
        inline-size: 22px;
        block-size: 22px;
        margin-block-start: -8px;
        border: 0;
        border-radius: 50%;
        background: var(--primary-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.3);
      }
      input::-moz-range-thumb {
        inline-size: 22px;
        block-size: 22px;
        border: 0;
        border-radius: 50%;
        background: var(--primary-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.3);
      }
      .options {
        grid-column: 1 / -1;
        display: flex;
        gap: 4px;
        padding: 4px;
        border-radius: 14px;
        background: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
      }
      .options.wrap {
        flex-wrap: wrap;
      }
      .options label {
        flex: 1 1 auto;
        position: relative;
      }
      .options input {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .options span {
        display: grid;
        place-items: center;
        min-block-size: 40px;
        padding: 0 12px;
        border-radius: 10px;
        text-align: center;
      }
      .options input:checked + span {
        color: var(--primary-text-color);
        background: var(--card-background-color);
        box-shadow: 0 1px 4px rgb(0 0 0 / 0.22);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .options input:focus-visible + span {
        outline: 2px solid var(--primary-color);
        outline-offset: 1px;
      }
      footer {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      p {
        margin: 0;
        text-align: center;
        color: var(--secondary-text-color);
      }
      .reason {
        padding: 12px 16px;
        border-radius: 12px;
        color: var(--primary-text-color);
        background: color-mix(in srgb, var(--warning-color) 18%, transparent);
      }
      .buttons {
        display: flex;
        gap: 12px;
      }
      .main {
        flex: 1;
      }
    `]}};var Wn=[["sensor","last_drink"],["sensor","count_total"],["switch","give_way"]],Fn=(i,t,e)=>{let n=i.devices[t],o=Wn.flatMap(([s,d])=>{let a=Te(i,t,s,d);return a?[{type:"tile",entity:a.entity_id}]:[]}),r=[{type:"custom:jura-card",device_id:t,grid_options:{columns:"full"}}];return{title:n?.name_by_user??n?.name??"JURA",path:`machine-${e+1}`,icon:"mdi:coffee-maker",type:"sections",max_columns:3,sections:[{type:"grid",column_span:2,cards:r},{type:"grid",cards:[{type:"heading",heading:I(i.language)("more")},...o]}]}},se=class extends HTMLElement{static async generate(t,e){let o=F(e).map((r,s)=>Fn(e,r,s));return{views:o.length?o:[{cards:[{type:"custom:jura-card"}]}]}}};var ae=K(),zt="https://github.com/jura-home-assistant/jura-home-assistant/blob/main/docs/card.md",qn=(i,t)=>{let e=i.entities[t];return e?.platform!==te||!e.device_id?null:{config:{type:"custom:jura-card",device_id:e.device_id}}};customElements.get("jura-card")||(customElements.define("jura-drink-dialog",re),customElements.define("jura-card",oe),customElements.define("ll-strategy-dashboard-jura",se),(window.customCards??=[]).push({type:"jura-card",name:ae("card_name"),description:ae("card_description"),preview:!0,documentationURL:zt,getEntitySuggestion:qn}),(window.customStrategies??=[]).push({type:"jura",strategyType:"dashboard",name:ae("dashboard_name"),description:ae("dashboard_description"),documentationURL:zt}));
